-- The rows of a night that are to be merged into one dataset, keys only.
--
-- Grain:      one row per accepted row of a batch.
-- Reads:      typed (parsed rows of all its batches), batch, bad
-- Leaves out: rows with a critical finding; they are in quarantine.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 (a department owns its rows)

select
    typed.batch_id,
    typed.owner,
    batch.received_at,
    typed.row_id,
    typed.record_number,
    typed.record_rest,
    typed.operation,
    typed.content_number,
    coalesce(typed.is_restoring, false) as is_restoring
from typed
inner join batch on typed.batch_id = batch.batch_id
where not exists (
    select 1
    from bad
    where bad.batch_id = typed.batch_id and bad.row_id = typed.row_id
)
