-- The missed deadlines of a period in numbers.
--
-- Grain:      one row per kind, clock, department, dataset, responsible party, clause
--             and certainty of the calendar.
-- Reads:      period_breaches (missed deadlines that belong into the circular)
-- Leaves out: nothing.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 七(四)

select
    kind,
    clock,
    department,
    dataset,
    responsible,
    clause,
    provisional,
    count(*) as breaches,
    count(*) filter (where done_on is null) as open,
    max(working_days_late) as longest
from period_breaches
group by kind, clock, department, dataset, responsible, clause, provisional
order by kind, clock, department, dataset, responsible, clause, provisional
