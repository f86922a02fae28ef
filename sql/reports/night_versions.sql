-- What a night's accepted rows did to the warehouse, and what of it is on show.
--
-- Grain:      one row per unit.
-- Reads:      history, records, published
-- Leaves out: rows equal to what was there: they make no version.
-- Parameters: $night
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十四条, 第十六条

with tonight as (
    select
        version_id,
        record_id,
        owner,
        operation
    from history
    where merged_night = $night
),

earlier as (
    select record_id
    from history
    where merged_night < $night
),

known as (
    select distinct earlier.record_id
    from earlier
    semi join tonight on earlier.record_id = tonight.record_id
),

shown as (
    select distinct version_id
    from published
),

told as (
    select
        tonight.owner,
        case
            when current_version.version_id is null then 'superseded'
            when tonight.operation = 'revoke' then 'revoked'
            when known.record_id is null then 'added'
            else 'changed'
        end as outcome,
        shown.version_id is not null as is_shown
    from tonight
    left join records as current_version
        on tonight.version_id = current_version.version_id
    left join known on tonight.record_id = known.record_id
    left join shown on tonight.version_id = shown.version_id
)

select
    owner as department,
    count(*) filter (where outcome = 'added') as added,
    count(*) filter (where outcome = 'changed') as changed,
    count(*) filter (where outcome = 'revoked') as revoked,
    count(*) filter (where outcome = 'superseded') as superseded,
    count(*) filter (where outcome = 'added' and is_shown) as added_shown,
    count(*) filter (where outcome = 'changed' and is_shown) as changed_shown
from told
group by owner
order by owner
