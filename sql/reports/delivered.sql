-- What each unit delivered in a period, and what became of it.
--
-- Grain:      one row per unit and dataset; dataset is null where none was recognised.
-- Reads:      deliveries
-- Leaves out: nothing; trial deliveries, repetitions of the same bytes and what the
--             platform failed on are counted on their own and add no rows.
-- Parameters: $first, $last (nights, both included)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 七(三)(四)

with counted as (
    select
        *,
        verdict in ('accepted', 'partly', 'refused') as counts,
        verdict in ('accepted', 'partly') as taken
    from deliveries
    where night between $first and $last
)

select
    department,
    dataset,
    count(*) filter (where counts) as deliveries,
    count(*) filter (where taken) as taken,
    count(*) filter (where verdict = 'refused') as refused,
    count(*) filter (where verdict = 'duplicate') as duplicates,
    count(*) filter (where verdict = 'trial') as trials,
    count(*) filter (where verdict = 'platform_fault') as faults,
    count(*) filter (where taken and rows_read = 0) as zero_reports,
    coalesce(sum(rows_read) filter (where counts), 0)::bigint as rows_read,
    coalesce(sum(rows_accepted) filter (where taken), 0)::bigint as accepted,
    coalesce(sum(rows_quarantined) filter (where taken), 0)::bigint as quarantined,
    coalesce(sum(rows_read) filter (where verdict = 'refused'), 0)::bigint
        as refused_rows
from counted
group by department, dataset
order by department, dataset nulls last
