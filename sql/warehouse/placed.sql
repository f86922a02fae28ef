-- Each incoming row beside the current version of its record.
--
-- A row whose state is older than the current version's is late; of two states of
-- one day the one received later counts. `is_alone` tells that the night brings the
-- record once, as nearly always.
--
-- Grain:      one row per incoming row.
-- Reads:      incoming, held
-- Leaves out: nothing.
-- Source:     贵州省企业公共信用信息平台运行管理规则 第十六条 (a correction leaves a trace)

with latest as (
    select
        record_number,
        record_rest,
        received_at,
        content_number,
        coalesce(produced_on, date '0001-01-01') as dated_on
    from held
    where is_current
),

repeated as (
    select
        record_number,
        record_rest
    from incoming
    group by record_number, record_rest
    having count(*) > 1
),

dated as (
    select
        *,
        coalesce(produced_on, date '0001-01-01') as dated_on
    from incoming
)

select
    dated.batch_id,
    dated.row_id,
    dated.record_number,
    dated.record_rest,
    dated.operation,
    dated.produced_on,
    dated.received_at,
    dated.source_sheet,
    dated.source_row,
    dated.content_number,
    latest.content_number as latest_number,
    coalesce(
        dated.dated_on < latest.dated_on
        or (
            dated.dated_on = latest.dated_on
            and dated.received_at < latest.received_at
        ),
        false
    ) as is_late,
    repeated.record_number is null as is_alone
from dated
left join latest
    on
        dated.record_number = latest.record_number
        and dated.record_rest = latest.record_rest
left join repeated
    on
        dated.record_number = repeated.record_number
        and dated.record_rest = repeated.record_rest
