-- What a night states about enterprises, each statement once.
--
-- Grain:      one row per credit code, kind, value and whether the registrar says so;
--             a registered name has one row per day for which it is stated.
-- Reads:      unconfirmed (pair_id: hash of code, kind and value)
-- Leaves out: nothing. Of several rows the earliest day and its first batch count.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二)

with dated as (
    select
        *,
        case when is_registered and kind = 'name' then said_on end as day_of_name
    from unconfirmed
),

earliest as (
    select
        pair_id,
        is_registered,
        any_value(uscc) as uscc,
        any_value(kind) as kind,
        any_value(value) as value,  -- noqa: RF04
        min(said_on) as valid_from,
        min(cast(said_on as varchar) || batch_id) as first_said
    from dated
    group by pair_id, is_registered, day_of_name
)

select
    uscc,
    kind,
    value,  -- noqa: RF04
    is_registered,
    valid_from,
    pair_id,
    substr(first_said, 11) as batch_id
from earliest
