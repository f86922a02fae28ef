-- What a full delivery would take away of a department's records.
--
-- Grain:      one row.
-- Reads:      standing (current versions of the dataset), typed (the delivery)
-- Leaves out: records that are revoked already.
-- Parameters: $owner (department)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 (no loss)

with present as (
    select record_id
    from standing
    where owner = $owner and operation <> 'revoke'
),

kept as (
    select distinct record_id
    from typed
    where operation = 'upsert'
)

select
    count(*) as standing_records,
    count(*) filter (where kept.record_id is null) as lost_records
from present
left join kept on present.record_id = kept.record_id
