-- Some of the records that a full delivery would take away.
--
-- Grain:      one row per record, in the order of their names.
-- Reads:      standing (current versions of the dataset, with the name of the record),
--             typed (the delivery)
-- Leaves out: records that are revoked already; those beyond the first $most.
-- Parameters: $owner (department), $most (records)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 (no loss)

select standing.record
from standing
where
    standing.owner = $owner
    and standing.operation <> 'revoke'
    and not exists (
        select 1
        from typed
        where
            typed.operation = 'upsert'
            and typed.record_id = standing.record_id
    )
order by standing.record
limit $most
