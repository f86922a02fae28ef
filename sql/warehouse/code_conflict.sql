-- Credit codes whose name is the present registered name of another code.
--
-- Individual businesses (codes that begin with 92) bear one name only within the
-- place of their registration, so those of different places do not contradict.
--
-- Grain:      one row per credit code, name and whether the registrar says so.
-- Reads:      suspect, relative
-- Leaves out: names that others state for a registered code (see name_conflict);
--             former names.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

with sequence as (
    select
        uscc,
        pair_id,
        form_id,
        valid_from,
        false as is_new
    from relative
    where is_registered
    union all
    select
        uscc,
        pair_id,
        form_id,
        valid_from,
        true as is_new
    from suspect
    where kind = 'name' and is_registered
),

ranked as (
    select
        uscc,
        form_id,
        row_number() over (
            partition by uscc
            order by valid_from desc, is_new desc, pair_id desc
        ) as place_in_code
    from sequence
),

present as (
    select
        uscc,
        form_id
    from ranked
    where place_in_code = 1
),

claimed as (
    select
        suspect.uscc,
        suspect.value,  -- noqa: RF04
        suspect.form_id,
        suspect.is_registered
    from suspect
    left join present on suspect.uscc = present.uscc
    where
        suspect.kind = 'name'
        and case
            when suspect.is_registered then suspect.form_id = present.form_id
            else present.uscc is null
        end
)

select distinct
    claimed.uscc,
    claimed.value,
    claimed.is_registered
from claimed
inner join present
    on claimed.form_id = present.form_id and claimed.uscc <> present.uscc
where
    not (
        left(claimed.uscc, 2) = '92'
        and left(present.uscc, 2) = '92'
        and substr(claimed.uscc, 3, 6) <> substr(present.uscc, 3, 6)
    )
