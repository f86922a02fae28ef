-- Rows whose number is held, or delivered by another file of the night, for another
-- subject, or is held with another day of its event.
--
-- Grain:      one row per accepted row and finding: other_subject, other_day (it
--             states the record), revoked_day (it withdraws it).
-- Reads:      incoming (accepted rows of one dataset), current (what is held)
-- Leaves out: numbers of subjects that one file states together or that are held
--             together (a joint decision); records that the night withdraws; of two
--             files of the night, the one that arrived first.
-- Source:     双公示数据标准(2018) (决定书文号); 贵州省企业公共信用信息平台运行管理规则(试行)
--             第十六条

with known as (
    select
        record_id,
        owner,
        record_key,
        uscc,
        enterprise_name,
        event_on,
        received_at,
        batch_id,
        source_sheet,
        source_row,
        merged_night
    from current
    where operation <> 'revoke'
    union all
    select
        record_id,
        owner,
        record_key,
        uscc,
        enterprise_name,
        event_on,
        received_at,
        batch_id,
        source_sheet,
        source_row,
        null as merged_night
    from incoming
    where operation = 'upsert'
),

withdrawn as (
    select distinct record_id
    from incoming
    where operation = 'revoke'
),

held as (
    select known.*
    from known
    left join withdrawn on known.record_id = withdrawn.record_id
    where withdrawn.record_id is null
),

-- Files and, as one more, the warehouse: what each of them states together.
together as (
    select distinct
        batch_id,
        record_id
    from incoming
    where operation = 'upsert'
    union all
    select
        'held' as batch_id,
        record_id
    from held
    where merged_night is not null
),

elsewhere as (
    select
        incoming.batch_id,
        incoming.row_id,
        held.record_id as other_id
    from incoming
    inner join held
        on
            incoming.owner = held.owner
            and incoming.record_key = held.record_key
            and incoming.record_id <> held.record_id
    left join together as own
        on
            incoming.batch_id = own.batch_id
            and held.record_id = own.record_id
    left join together as theirs
        on
            case
                when held.merged_night is null then held.batch_id else 'held'
            end = theirs.batch_id
            and incoming.record_id = theirs.record_id
    where
        incoming.operation = 'upsert'
        and own.record_id is null
        and theirs.record_id is null
        and (
            held.merged_night is not null
            or held.received_at <= incoming.received_at
        )
),

paired as (
    select
        'other_subject' as finding,
        incoming.batch_id,
        incoming.row_id,
        held.batch_id as other_batch_id,
        held.record_id as other_id
    from elsewhere
    inner join incoming
        on
            elsewhere.batch_id = incoming.batch_id
            and elsewhere.row_id = incoming.row_id
    inner join held on elsewhere.other_id = held.record_id
    where incoming.batch_id <> held.batch_id
    union all
    select
        case
            when incoming.operation = 'revoke' then 'revoked_day'
            else 'other_day'
        end as finding,
        incoming.batch_id,
        incoming.row_id,
        known.batch_id as other_batch_id,
        known.record_id as other_id
    from incoming
    inner join known on incoming.record_id = known.record_id
    where
        known.merged_night is not null
        and incoming.event_on <> known.event_on
),

ordered as (
    select
        paired.*,
        known.uscc as other_uscc,
        known.enterprise_name as other_enterprise_name,
        known.event_on as other_event_on,
        known.source_sheet as other_sheet,
        known.source_row as other_row,
        known.merged_night as other_night,
        count(*) over (
            partition by paired.finding, paired.batch_id, paired.row_id
        ) as how_many,
        row_number() over (
            partition by paired.finding, paired.batch_id, paired.row_id
            order by
                known.merged_night asc nulls last, known.record_id asc,
                known.batch_id asc, known.source_row asc
        ) as place_in_row
    from paired
    inner join known
        on
            paired.other_id = known.record_id
            and paired.other_batch_id = known.batch_id
)

select
    ordered.finding,
    ordered.batch_id,
    ordered.row_id,
    incoming.uscc,
    incoming.enterprise_name,
    incoming.event_on,
    ordered.other_batch_id,
    ordered.other_uscc,
    ordered.other_enterprise_name,
    ordered.other_event_on,
    ordered.other_sheet,
    ordered.other_row,
    ordered.other_night,
    ordered.how_many
from ordered
inner join incoming
    on
        ordered.batch_id = incoming.batch_id
        and ordered.row_id = incoming.row_id
where ordered.place_in_row = 1
