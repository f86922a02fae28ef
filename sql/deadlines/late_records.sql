-- Records that were delivered or published after their due day, or not yet
-- published although their due day is over (迟报, 逾期公示).
--
-- Grain:      one row per record and clock that was missed.
-- Reads:      judged (current versions of the records to be judged), history,
--             published; due_days (when each clock runs out, per dataset, clock and
--             day of the event)
--             `responsible` is the provider for what it delivered late, the platform
--             (collector) for what was published late though delivered in time.
-- Leaves out: records without a day of the event; backlog, which has no due day;
--             records first merged after the night; for publication: records that
--             are revoked, and unpublished ones that the last release has already
--             judged and kept out (not public, term over).
-- Parameters: $night (date of judgement), $released_night (last night whose
--             publication was released, null: none)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 五(一);
--             贵州省企业公共信用信息平台运行管理规则(试行) 第十二条

with clocked as not materialized (
    select
        judged.record_id,
        judged.dataset,
        judged.owner,
        judged.uscc,
        judged.operation,
        judged.event_on,
        judged.received_at,
        judged.merged_night,
        due_days.kind,
        due_days.clock,
        due_days.due_on
    from judged
    inner join due_days
        on
            judged.dataset = due_days.dataset
            and judged.event_on = due_days.event_on
),

-- The current version is one of those that arrived, unless it was merged later: a
-- record whose current version was in time is in time.
delivered as (
    select *
    from clocked
    where
        kind = 'delivery'
        and (
            timezone('Asia/Shanghai', received_at)::date > due_on
            or merged_night > $night
        )
),

-- Awaited is what is due and was judged by no release.
publishable as not materialized (
    select
        *,
        due_on < $night
        and (
            $released_night::date is null
            or merged_night > $released_night::date
        ) as is_awaited
    from clocked
    where kind = 'publication' and operation <> 'revoke'
),

shown_by_now as not materialized (
    select
        record_id,
        first_published
    from published
    where first_published <= $night
),

shown as (
    select
        shown_by_now.record_id,
        min(shown_by_now.first_published) as shown_on
    from shown_by_now
    semi join publishable on shown_by_now.record_id = publishable.record_id
    group by shown_by_now.record_id
),

unpublished as (
    select
        publishable.*,
        shown.shown_on as done_on
    from publishable
    left join shown on publishable.record_id = shown.record_id
    where
        shown.shown_on > publishable.due_on
        or (shown.shown_on is null and publishable.is_awaited)
),

concerned as (
    select
        record_id,
        event_on,
        operation,
        received_at
    from delivered
    union
    select
        record_id,
        event_on,
        operation,
        received_at
    from unpublished
),

merged as not materialized (
    select
        record_id,
        batch_id,
        operation,
        received_at
    from history
    where merged_night <= $night
),

seen as (
    select merged.*
    from merged
    semi join concerned on merged.record_id = concerned.record_id
),

-- Records that stand again after a revocation: their number may have been used anew.
reused as (
    select
        concerned.record_id,
        concerned.event_on,
        max(seen.received_at) as revoked_at
    from concerned
    inner join seen on concerned.record_id = seen.record_id
    where
        seen.operation = 'revoke'
        and concerned.operation <> 'revoke'
        and seen.received_at < concerned.received_at
    group by concerned.record_id, concerned.event_on
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

-- The delivery that brought the record first: the evidence of its arrival.
first_batches as (
    select
        seen.record_id,
        timezone('Asia/Shanghai', received.received_at)::date as received_on,
        min(seen.batch_id) as batch_id
    from seen
    inner join received
        on
            seen.record_id = received.record_id
            and seen.received_at = received.received_at
    group by seen.record_id, received.received_at
),

late as (
    select
        delivered.*,
        first_batches.received_on as done_on
    from delivered
    inner join first_batches on delivered.record_id = first_batches.record_id
    where first_batches.received_on > delivered.due_on
),

-- Materialized: joins over a union of joins fail in DuckDB 2.0.0 (duckdb#24807).
missed as materialized (
    select
        *,
        $night::date as night
    from late
    union all by name
    select
        * exclude (is_awaited),
        $night::date as night
    from unpublished
),

-- Until when a record had to be here, so that it could go out in time.
wanted as (
    select
        dataset,
        event_on,
        min(due_on) as due_on
    from due_days
    where kind = 'delivery'
    group by dataset, event_on
)

select
    missed.night,
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
    due_days.provisional,
    due_days.clause,
    case
        when
            missed.kind = 'publication'
            and due_days.responsible = 'provider'
            and first_batches.received_on
            <= coalesce(wanted.due_on, missed.due_on)
            then 'collector'
        else due_days.responsible
    end as responsible
from missed
inner join first_batches on missed.record_id = first_batches.record_id
inner join due_days
    on
        missed.dataset = due_days.dataset
        and missed.event_on = due_days.event_on
        and missed.clock = due_days.clock
left join wanted
    on
        missed.dataset = wanted.dataset
        and missed.event_on = wanted.event_on
