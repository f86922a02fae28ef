-- Statements of a night that have to be looked at: new ones, and names that nobody
-- but their sender confirmed.
--
-- Grain:      one row per statement.
-- Reads:      stated, identifier
-- Leaves out: numbers known from that day or an earlier one; names that the registrar
--             stated before; the registrar's own, if stated for the same day.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

with matched as (
    select
        pair_id,
        is_registered,
        valid_from
    from identifier
    where pair_id in (select stated.pair_id from stated)
),

summed as (
    select
        pair_id,
        min(valid_from) as first_on,
        bool_or(is_registered) as is_registered
    from matched
    group by pair_id
),

registered as (
    select distinct
        pair_id,
        valid_from
    from matched
    where is_registered
)

select
    stated.uscc,
    stated.kind,
    stated.value,
    stated.is_registered,
    stated.valid_from,
    stated.batch_id,
    stated.pair_id,
    coalesce(summed.first_on <= stated.valid_from, false) as is_known
from stated
left join summed on stated.pair_id = summed.pair_id
left join registered
    on
        stated.pair_id = registered.pair_id
        and stated.valid_from = registered.valid_from
where
    case
        when stated.kind <> 'name'
            then coalesce(summed.first_on > stated.valid_from, true)
        when stated.is_registered then registered.pair_id is null
        else not coalesce(summed.is_registered, false)
    end
