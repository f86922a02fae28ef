-- Records first collected in a period, and how many of them came late (迟报率).
--
-- Grain:      one row per unit and dataset.
-- Reads:      records, history; delivery_terms (datasets with a delivery clock);
--             overdue (missed deadlines)
-- Leaves out: records first merged in other nights. Records without a clock (no day
--             of the event, or backlog) are in `records` but not in `clocked`.
-- Parameters: $first, $last (nights, both included)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 五(一)

with first_seen as (
    select record_id
    from history
    group by record_id
    having min(merged_night) between $first and $last
),

late as (
    select distinct record_id
    from overdue
    where kind = 'delivery'
)

select
    records.owner as department,
    records.dataset,
    count(*) as records,
    count(*) filter (
        where
        records.event_on >= delivery_terms.valid_from
        and (
            delivery_terms.valid_to is null
            or records.event_on <= delivery_terms.valid_to
        )
    ) as clocked,
    count(late.record_id) as late
from records
inner join first_seen on records.record_id = first_seen.record_id
left join delivery_terms on records.dataset = delivery_terms.dataset
left join late on records.record_id = late.record_id
group by records.owner, records.dataset
order by records.owner, records.dataset
