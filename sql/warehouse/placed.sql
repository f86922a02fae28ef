-- Each incoming row beside the current version of its record.
--
-- A row that arrived before the current version is late; the dates stated in the row
-- play no part. `is_alone` tells that the night brings the record once, as nearly
-- always.
--
-- Grain:      one row per incoming row.
-- Reads:      incoming, held
-- Leaves out: nothing.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条 (a correction leaves a trace)

with latest as (
    select
        record_number,
        record_rest,
        received_at,
        content_number,
        is_revoked
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
)

select
    incoming.batch_id,
    incoming.row_id,
    incoming.record_number,
    incoming.record_rest,
    incoming.operation,
    incoming.is_restoring,
    incoming.received_at,
    incoming.content_number,
    latest.content_number as latest_number,
    coalesce(latest.is_revoked, false) as is_latest_revoked,
    coalesce(incoming.received_at < latest.received_at, false) as is_late,
    repeated.record_number is null as is_alone
from incoming
left join latest
    on
        incoming.record_number = latest.record_number
        and incoming.record_rest = latest.record_rest
left join repeated
    on
        incoming.record_number = repeated.record_number
        and incoming.record_rest = repeated.record_rest
