-- On which day each unit last delivered each dataset it answers for (更新周期): the
-- day on which the delivery arrived, whichever night took it.
--
-- Grain:      one row per duty (department, dataset).
-- Reads:      duties, deliveries
-- Leaves out: refused, repeated and trial deliveries; those of later nights. A zero
--             report counts as delivered, and so does what the platform failed on: of
--             what was not recognised then, any dataset of the department.
-- Parameters: $night (date of judgement)
-- Source:     阳府〔2018〕60号 第八条 (更新周期)

with counted as (
    select
        department,
        dataset,
        max(timezone('Asia/Shanghai', received_at)::date) as delivered_on
    from deliveries
    where
        verdict in ('accepted', 'partly', 'platform_fault') and night <= $night
    group by department, dataset
)

select
    duties.department,
    duties.dataset,
    duties.clock,
    duties.since,
    duties.days,
    duties.clause,
    greatest(counted.delivered_on, unread.delivered_on) as delivered_on
from duties
left join counted
    on
        duties.department = counted.department
        and duties.dataset = counted.dataset
left join counted as unread
    on
        duties.department = unread.department
        and unread.dataset is null
order by duties.department, duties.dataset, duties.clock
