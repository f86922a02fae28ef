-- Records that a full delivery no longer holds: revoked in the sender's name.
--
-- Grain:      one row per record, named by the version that is held now.
-- Reads:      known (all versions of the dataset), typed, batch
-- Leaves out: records of other departments; records that are revoked already;
--             records that the delivery holds, even in a row that was quarantined;
--             departments of which a full delivery had quarantined rows, because
--             what those rows were about is not known.
-- Source:     阳府〔2018〕60号 第十一条 (撤销); 贵州省企业公共信用信息平台运行管理
--             规则 第二十四条 (own records only)

with complete as (
    select
        owner,
        max(batch_id) as batch_id,
        max(received_at) as received_at
    from batch
    group by owner
    having bool_and(is_whole)
),

latest as (
    select *
    from known
    qualify row_number() over (
        partition by record_id
        order by
            produced_on desc nulls last, received_at desc, merged_night desc,
            batch_id desc, source_sheet desc nulls last, source_row desc nulls last
    ) = 1
)

select
    latest.record_id,
    latest.version_id,
    complete.batch_id,
    complete.received_at
from latest
inner join complete on latest.owner = complete.owner
where
    latest.operation <> 'revoke'
    and latest.received_at <= complete.received_at
    and not exists (
        select 1
        from typed
        where typed.record_id = latest.record_id
    )
