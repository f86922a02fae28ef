-- Rows that withdraw or change a record that is not held.
--
-- Grain:      one row per accepted row; finding: revoke or change.
-- Reads:      incoming (accepted rows of one dataset), change (rows that say 变更),
--             current (what is held)
-- Leaves out: records that another row of the night states, in the same file or in
--             one that did not arrive later; records withdrawn already.
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销)

with asking as (
    select
        incoming.batch_id,
        incoming.row_id,
        incoming.record_id,
        incoming.received_at,
        case
            when incoming.operation = 'revoke' then 'revoke'
            else 'change'
        end as finding
    from incoming
    left join change
        on
            incoming.batch_id = change.batch_id
            and incoming.row_id = change.row_id
    where incoming.operation = 'revoke' or change.row_id is not null
),

stated as (
    select
        asking.batch_id,
        asking.row_id
    from asking
    inner join incoming as other
        on
            asking.record_id = other.record_id
            and asking.received_at >= other.received_at
    where
        other.operation = 'upsert'
        and (
            asking.batch_id <> other.batch_id
            or asking.row_id <> other.row_id
        )
)

select
    asking.batch_id,
    asking.row_id,
    asking.finding
from asking
where
    not exists (
        select 1
        from current
        where current.record_id = asking.record_id
    )
    and not exists (
        select 1
        from stated
        where
            stated.batch_id = asking.batch_id
            and stated.row_id = asking.row_id
    )
