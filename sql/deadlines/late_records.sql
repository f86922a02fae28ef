-- Records that were delivered or published after their due day, or not yet
-- published although their due day is over (迟报, 逾期公示).
--
-- Grain:      one row per record and clock that was missed.
-- Reads:      history, records, published; due_days (when each clock runs out,
--             per dataset, clock and day of the event)
-- Leaves out: records without a day of the event; backlog, which has no due day;
--             records first merged after the night; for publication: records that
--             are revoked, and unpublished ones that the last release has already
--             judged and kept out (not public, term over).
-- Parameters: $night (date of judgement), $released_night (last night whose
--             publication was released, null: none)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 五(一);
--             贵州省企业公共信用信息平台运行管理规则(试行) 第十二条

with seen as (
    select
        record_id,
        batch_id,
        operation,
        received_at
    from history
    where merged_night <= $night
),

-- Records that stand again after a revocation: their number may have been used anew.
reused as (
    select
        records.record_id,
        records.event_on,
        max(seen.received_at) as revoked_at
    from records
    inner join seen on records.record_id = seen.record_id
    where
        seen.operation = 'revoke'
        and records.operation <> 'revoke'
        and seen.received_at < records.received_at
    group by records.record_id, records.event_on
),

-- The first arrival tells, whatever was corrected afterwards, the day of the event
-- too. What arrived before a revocation and before the event told of something else.
received as (
    select
        seen.record_id,
        min(seen.received_at) as received_at
    from seen
    left join reused on seen.record_id = reused.record_id
    where
        reused.record_id is null
        or seen.received_at > reused.revoked_at
        or timezone('Asia/Shanghai', seen.received_at)::date >= reused.event_on
    group by seen.record_id
),

-- Records whose publication is still awaited, as no release has judged them.
awaited as (
    select record_id
    from records
    where
        operation <> 'revoke'
        and (
            $released_night::date is null
            or merged_night > $released_night::date
        )
),

-- Publication clocks that ran out before the night.
expired as (
    select distinct due_on
    from due_days
    where kind = 'publication' and due_on < $night
),

dated as (
    select
        records.record_id,
        records.dataset,
        records.owner,
        records.uscc,
        records.operation,
        records.event_on,
        received.received_at,
        timezone('Asia/Shanghai', received.received_at)::date as received_on
    from records
    inner join received on records.record_id = received.record_id
    where records.event_on is not null
),

shown as (
    select
        record_id,
        min(first_published) as shown_on
    from published
    where first_published <= $night
    group by record_id
),

missed as (
    select
        due_days.clock,
        due_days.kind,
        dated.*,
        due_days.due_on,
        due_days.provisional,
        due_days.clause,
        dated.received_on as done_on
    from dated
    inner join due_days
        on
            dated.dataset = due_days.dataset
            and dated.event_on = due_days.event_on
    where
        due_days.kind = 'delivery'
        and dated.received_on > due_days.due_on
    union all
    select
        due_days.clock,
        due_days.kind,
        dated.*,
        due_days.due_on,
        due_days.provisional,
        due_days.clause,
        shown.shown_on as done_on
    from dated
    inner join due_days
        on
            dated.dataset = due_days.dataset
            and dated.event_on = due_days.event_on
    left join shown on dated.record_id = shown.record_id
    left join awaited on dated.record_id = awaited.record_id
    left join expired on due_days.due_on = expired.due_on
    where
        due_days.kind = 'publication'
        and dated.operation <> 'revoke'
        and (
            shown.shown_on > due_days.due_on
            or (
                shown.shown_on is null
                and awaited.record_id is not null
                and expired.due_on is not null
            )
        )
),

-- The delivery that brought the record first: the evidence of its arrival.
first_batches as (
    select
        seen.record_id,
        min(seen.batch_id) as batch_id
    from seen
    inner join missed
        on
            seen.record_id = missed.record_id
            and seen.received_at = missed.received_at
    group by seen.record_id
)

select
    missed.clock,
    missed.kind,
    missed.owner as department,
    missed.dataset,
    missed.record_id,
    missed.uscc,
    first_batches.batch_id,
    missed.event_on,
    missed.due_on,
    missed.done_on,
    missed.provisional,
    missed.clause
from missed
inner join first_batches on missed.record_id = first_batches.record_id
order by
    missed.owner,
    missed.dataset,
    missed.kind,
    missed.clock,
    missed.event_on,
    missed.record_id
