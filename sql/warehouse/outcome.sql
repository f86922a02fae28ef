-- What becomes of each incoming row: new, changed, revoked, unchanged or late.
--
-- A row is compared with the one before it: the row of the same night that comes
-- before it, else the current version. Equal content changes nothing. A row that is
-- older than the current version is late: it becomes history and nothing else.
--
-- Grain:      one row per incoming row.
-- Reads:      incoming, known (all versions of the dataset)
-- Leaves out: nothing.
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销); 贵州省企业公共信用信息平台
--             运行管理规则 第十六条 (a correction leaves a trace)

with held as (
    select *
    from known
    where exists (
        select 1
        from incoming
        where incoming.record_id = known.record_id
    )
),

latest as (
    select *
    from held
    qualify row_number() over (
        partition by record_id
        order by
            produced_on desc nulls last, received_at desc, merged_night desc,
            batch_id desc, source_sheet desc nulls last, source_row desc nulls last
    ) = 1
),

placed as (
    select
        incoming.*,
        latest.content_hash as latest_hash,
        latest.record_id is not null
        and (
            coalesce(incoming.produced_on, date '0001-01-01'),
            incoming.received_at
        ) < (
            coalesce(latest.produced_on, date '0001-01-01'),
            latest.received_at
        ) as is_late
    from incoming
    left join latest on incoming.record_id = latest.record_id
),

followed as (
    select
        *,
        coalesce(
            lag(content_hash) over (
                partition by record_id, is_late
                order by
                    produced_on nulls first, received_at, batch_id,
                    source_sheet nulls first, source_row nulls first, row_id
            ),
            case when not is_late then latest_hash end
        ) as hash_before
    from placed
),

seen as (
    select distinct
        record_id,
        content_hash,
        produced_on
    from held
)

select
    followed.batch_id,
    followed.row_id,
    case
        when followed.content_hash = followed.hash_before then 'unchanged'
        when followed.is_late and seen.record_id is not null then 'unchanged'
        when followed.is_late then 'late'
        when followed.operation = 'revoke' then 'revoked'
        when followed.hash_before is null then 'new'
        else 'changed'
    end as outcome
from followed
left join seen
    on
        followed.record_id = seen.record_id
        and followed.content_hash = seen.content_hash
        and followed.produced_on is not distinct from seen.produced_on
