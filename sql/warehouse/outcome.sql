-- What becomes of each incoming row.
--
-- Rows of a record follow one another by arrival, inside a delivery as they stand
-- there; the first follows the current version. A row is compared with the version
-- that is current when its turn comes:
--   unchanged   equal to it
--   late        arrived before it: becomes history and nothing else
--   superseded  equal to an older version: an old export or a wish to undo; changes
--               nothing
--   returned    the same where older rows apply: becomes current
--   restored    becomes current because the row says so (恢复)
--   new, changed, revoked: never seen before for the record, becomes current
-- `is_revived` tells that a revoked record stands again by a row never seen before.
--
-- Grain:      one row per incoming row.
-- Reads:      placed, seen
-- Leaves out: nothing.
-- Parameters: $older_rows_apply (whether a row that equals an older version counts)
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销); 贵州省企业公共信用信息平台
--             运行管理规则(试行) 第十六条 (a correction leaves a trace)

with followed as (
    select
        placed.batch_id,
        placed.row_id,
        placed.record_number,
        placed.record_rest,
        placed.operation,
        placed.received_at,
        placed.content_number,
        placed.latest_number,
        placed.is_latest_revoked,
        placed.is_late,
        placed.is_restoring,
        seen.record_number is not null
        or row_number() over (
            partition by
                placed.record_number, placed.record_rest, placed.content_number
            order by placed.received_at, placed.batch_id, placed.row_id
        ) > 1 as is_known
    from placed
    left join seen
        on
            placed.record_number = seen.record_number
            and placed.record_rest = seen.record_rest
            and placed.content_number = seen.content_number
    where not placed.is_alone
),

applied as (
    select
        *,
        case
            when
                not is_late
                and (is_restoring or not is_known or $older_rows_apply::boolean)
                then row_number() over (
                    partition by record_number, record_rest
                    order by received_at, batch_id, row_id
                )
        end as turn
    from followed
),

turned as (
    select
        *,
        max(turn) over (
            partition by record_number, record_rest
            order by received_at, batch_id, row_id
            rows between unbounded preceding and 1 preceding
        ) as turn_before
    from applied
),

compared as (
    select
        placed.batch_id,
        placed.row_id,
        placed.record_number,
        placed.record_rest,
        placed.operation,
        placed.is_restoring,
        placed.is_late,
        placed.content_number,
        placed.latest_number as number_before,
        placed.is_latest_revoked as is_revoked_before,
        seen.record_number is not null as is_known
    from placed
    left join seen
        on
            placed.record_number = seen.record_number
            and placed.record_rest = seen.record_rest
            and placed.content_number = seen.content_number
    where placed.is_alone
    union all
    select
        placed.batch_id,
        placed.row_id,
        placed.record_number,
        placed.record_rest,
        placed.operation,
        placed.is_restoring,
        placed.is_late,
        placed.content_number,
        coalesce(earlier.content_number, placed.latest_number) as number_before,
        coalesce(
            earlier.operation = 'revoke', placed.is_latest_revoked
        ) as is_revoked_before,
        turned.is_known
    from placed
    inner join turned
        on
            placed.batch_id = turned.batch_id
            and placed.row_id = turned.row_id
    left join turned as earlier
        on
            turned.record_number = earlier.record_number
            and turned.record_rest = earlier.record_rest
            and turned.turn_before = earlier.turn
)

select
    batch_id,
    row_id,
    record_number,
    record_rest,
    case
        when content_number = number_before then 'unchanged'
        when is_late and is_known then 'superseded'
        when is_late then 'late'
        when is_restoring and number_before is not null then 'restored'
        when is_known and $older_rows_apply::boolean then 'returned'
        when is_known then 'superseded'
        when operation = 'revoke' then 'revoked'
        when number_before is null then 'new'
        else 'changed'
    end as outcome,
    coalesce(
        is_revoked_before
        and operation <> 'revoke'
        and not is_restoring
        and not is_late
        and not is_known,
        false
    ) as is_revived
from compared
