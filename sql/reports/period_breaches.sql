-- The missed deadlines that belong into a period's circular.
--
-- Grain:      one row per missed deadline.
-- Reads:      overdue (missed deadlines up to the end of the period); first_seen
--             (records first merged in the period)
-- Leaves out: late deliveries of records first merged in other nights; changes
--             delivered late, and late publications, of other days. What is still not
--             done stays in.
-- Parameters: $first, $last (nights, both included)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 七(四)

with belonging as (
    select
        *,
        done_on between $first and $last as is_done_then
    from overdue
)

select
    belonging.night,
    belonging.clock,
    belonging.kind,
    belonging.department,
    belonging.dataset,
    belonging.record_id,
    belonging.uscc,
    belonging.batch_id,
    belonging.event_on,
    belonging.due_on,
    belonging.done_on,
    belonging.working_days_late,
    belonging.provisional,
    belonging.responsible,
    belonging.clause
from belonging
left join first_seen on belonging.record_id = first_seen.record_id
where
    belonging.done_on is null
    or (belonging.kind = 'delivery' and first_seen.record_id is not null)
    or (belonging.kind <> 'delivery' and belonging.is_done_then)
