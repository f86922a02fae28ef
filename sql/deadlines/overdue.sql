-- The missed deadlines that a night found, with how late they are (逾期清单).
--
-- Grain:      one row per missed deadline.
-- Reads:      late, late_changes, silent (missed deadlines of the records that were
--             judged, of changes of their state, and of update cycles)
-- Leaves out: what stands as an earlier night found it.
-- Parameters: $elapsed (working days up to each calendar day from $first on)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 五(一)

with missed as (
    select * from late
    union all by name
    select * from late_changes
    union all by name
    select * from silent
),

counted as (
    select
        *,
        (
            $elapsed[coalesce(done_on, night) - $first::date + 1]
            - $elapsed[due_on - $first::date + 1]
        )::integer as working_days_late
    from missed
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
from counted
