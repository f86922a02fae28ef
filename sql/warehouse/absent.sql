-- Records that a full delivery no longer holds: revoked in the sender's name.
--
-- Grain:      one row per record, named by the version that is held now.
-- Reads:      standing (current versions of the dataset), typed, batch
-- Leaves out: records of other departments; records that are revoked already;
--             records that the delivery holds, even in a row that was quarantined;
--             departments of which a full delivery had quarantined rows, because
--             what those rows were about is not known.
-- Parameters: $before (the number before the first new one)
-- Source:     阳府〔2018〕60号 第十一条 (撤销); 贵州省企业公共信用信息平台运行管理
--             规则(试行) 第二十四条 (own records only)

with complete as (
    select
        owner,
        max(batch_id) as batch_id,
        max(received_at) as received_at
    from batch
    group by owner
    having bool_and(is_whole)
),

gone as (
    select
        standing.record_id,
        standing.row_id as held_id,
        complete.batch_id,
        complete.received_at
    from standing
    inner join complete on standing.owner = complete.owner
    where
        standing.operation <> 'revoke'
        and standing.received_at <= complete.received_at
        and not exists (
            select 1
            from typed
            where typed.record_id = standing.record_id
        )
)

select
    record_id,
    held_id,
    batch_id,
    received_at,
    row_number() over (order by record_id) + $before::bigint as new_id
from gone
