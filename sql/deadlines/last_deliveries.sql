-- On which day each unit last delivered each dataset it answers for (更新周期): the
-- day on which the delivery arrived, whichever night took it.
--
-- Grain:      one row per duty (department, dataset).
-- Reads:      duties, deliveries
-- Leaves out: refused, repeated and trial deliveries; those of later nights. A zero
--             report counts as delivered.
-- Parameters: $night (date of judgement)
-- Source:     阳府〔2018〕60号 第八条 (更新周期)

with counted as (
    select
        department,
        dataset,
        max(timezone('Asia/Shanghai', received_at)::date) as delivered_on
    from deliveries
    where verdict in ('accepted', 'partly') and night <= $night
    group by department, dataset
)

select
    duties.department,
    duties.dataset,
    duties.clock,
    duties.since,
    duties.days,
    duties.clause,
    counted.delivered_on
from duties
left join counted
    on
        duties.department = counted.department
        and duties.dataset = counted.dataset
order by duties.department, duties.dataset, duties.clock
