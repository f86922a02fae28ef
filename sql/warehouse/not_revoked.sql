-- Records that an incomplete full delivery lacks, and that are not revoked for it.
--
-- Grain:      one row per department with such records.
-- Reads:      standing (current versions of the dataset), typed, batch
-- Leaves out: departments whose full delivery is complete (absent.sql revokes what it
--             lacks) or that delivered nothing in full; revoked records; records that
--             the delivery holds, even in a row that was quarantined.
-- Source:     阳府〔2018〕60号 第十一条 (撤销); 贵州省企业公共信用信息平台运行管理
--             规则(试行) 第二十四条 (own records only)

with incomplete as (
    select
        owner,
        max(received_at) as received_at
    from batch
    where is_full
    group by owner
    having not bool_and(is_whole)
)

select
    standing.owner,
    count(*) as records
from standing
inner join incomplete on standing.owner = incomplete.owner
where
    standing.operation <> 'revoke'
    and standing.received_at <= incomplete.received_at
    and not exists (
        select 1
        from typed
        where typed.record_id = standing.record_id
    )
group by standing.owner
