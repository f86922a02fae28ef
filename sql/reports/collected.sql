-- Records first collected in a period, and how many of them came late (迟报率).
--
-- Grain:      one row per unit and dataset.
-- Reads:      records; first_seen (records first merged in the period);
--             delivery_terms (datasets with a delivery clock); overdue (missed
--             deadlines)
-- Leaves out: records first merged in other nights. Records without a clock (no day
--             of the event, or backlog) are in `records` but not in `clocked`.
-- Parameters: $first (first night of the period): no record has an older version
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 五(一)

with recent as (
    select
        record_id,
        owner,
        dataset,
        event_on
    from records
    where merged_night >= $first
),

late as (
    select distinct record_id
    from overdue
    where kind = 'delivery'
)

select
    recent.owner as department,
    recent.dataset,
    count(*) as records,
    count(*) filter (
        where
        recent.event_on >= delivery_terms.valid_from
        and (
            delivery_terms.valid_to is null
            or recent.event_on <= delivery_terms.valid_to
        )
    ) as clocked,
    count(late.record_id) as late
from recent
inner join first_seen on recent.record_id = first_seen.record_id
left join delivery_terms on recent.dataset = delivery_terms.dataset
left join late on recent.record_id = late.record_id
group by recent.owner, recent.dataset
order by recent.owner, recent.dataset
