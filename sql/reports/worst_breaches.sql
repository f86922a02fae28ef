-- The missed deadlines of each unit that it is to act on first: open ones before those
-- that are done, most overdue first.
--
-- Grain:      one row per missed deadline; a unit's lines stand together.
-- Reads:      period_breaches (missed deadlines that belong into the circular)
-- Leaves out: all but the first $most lines of a unit.
-- Parameters: $most (lines of a unit at most)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 七(四)

with counted as (
    select
        department,
        working_days_late,
        done_on is null as is_open,
        count(*) as number
    from period_breaches
    group by department, working_days_late, done_on is null
),

reached as (
    select
        department,
        working_days_late,
        is_open,
        coalesce(
            sum(number) over (
                partition by department
                order by is_open desc, working_days_late desc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as lines_before
    from counted
),

-- Only their lines are sorted: a sort of millions of wide rows does not fit in memory.
worst as (
    select *
    from reached
    where lines_before < $most
),

candidates as (
    select period_breaches.*
    from period_breaches
    semi join worst
        on
            period_breaches.department = worst.department
            and (period_breaches.done_on is null) = worst.is_open
            and period_breaches.working_days_late = worst.working_days_late
),

ranked as (
    select
        *,
        row_number() over (
            partition by department
            order by
                done_on is null desc,
                working_days_late desc,
                dataset asc,
                kind asc,
                clock asc,
                event_on asc nulls last,
                record_id asc
        ) as place
    from candidates
)

select
    night,
    clock,
    kind,
    department,
    dataset,
    record_id,
    uscc,
    batch_id,
    event_on,
    due_on,
    done_on,
    working_days_late,
    provisional,
    responsible,
    clause
from ranked
where place <= $most
order by department, place
