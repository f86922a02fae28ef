-- What a night adds to the names and numbers of enterprises.
--
-- Grain:      one row per statement that was not known. A registered name is added
--             where it differs from the one registered for the days before, so that
--             a name that comes back is seen to come back.
-- Reads:      suspect, relative
-- Leaves out: what is known already, from that day or an earlier one.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (更新)

with sequence as (
    select
        uscc,
        null::varchar as value,  -- noqa: RF04
        valid_from,
        false as is_new,
        null::varchar as batch_id,
        pair_id,
        form_id
    from relative
    where is_registered
    union all
    select
        uscc,
        value,
        valid_from,
        true as is_new,
        batch_id,
        pair_id,
        form_id
    from suspect
    where kind = 'name' and is_registered
),

followed as (
    select
        *,
        lag(pair_id) over (
            partition by uscc
            order by valid_from, is_new, batch_id, pair_id
        ) as pair_before
    from sequence
),

others as (
    select
        *,
        row_number() over (
            partition by pair_id
            order by valid_from asc, is_registered desc, batch_id asc
        ) as place_in_pair
    from suspect
    where not is_known and not (kind = 'name' and is_registered)
)

select
    uscc,
    'name' as kind,
    value,  -- noqa: RF04
    true as is_registered,
    valid_from,
    batch_id,
    pair_id,
    form_id
from followed
where is_new and pair_id is distinct from pair_before
union all
select
    uscc,
    kind,
    value,
    is_registered,
    valid_from,
    batch_id,
    pair_id,
    form_id
from others
where place_in_pair = 1
