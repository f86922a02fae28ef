-- The rows of a night that are current after it, of records that it brings repeatedly.
--
-- Grain:      one row per record.
-- Reads:      placed, outcome
-- Leaves out: records that the night brings once; those of which no row became current.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条

with ordered as (
    select
        placed.batch_id,
        placed.row_id,
        placed.record_number,
        placed.record_rest,
        row_number() over (
            partition by placed.record_number, placed.record_rest
            order by
                placed.received_at desc, placed.batch_id desc, placed.row_id desc
        ) as place_from_last
    from placed
    inner join outcome
        on
            placed.batch_id = outcome.batch_id
            and placed.row_id = outcome.row_id
    where
        not placed.is_alone
        and outcome.outcome not in ('late', 'superseded', 'unchanged')
)

select
    batch_id,
    row_id,
    record_number,
    record_rest
from ordered
where place_from_last = 1
