-- Names that do not belong to their credit code (名称与代码不一致).
--
-- A name is wrong if the registrar never stated it for the code. While the code is
-- not registered, a name is doubtful if it is new and another one is stated too.
--
-- Grain:      one row per credit code and name.
-- Reads:      suspect, relative
-- Leaves out: the registrar's own statements: a name that differs there is a change.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

with tonight as (
    select
        uscc,
        value,  -- noqa: RF04
        is_registered,
        form_id
    from suspect
    where kind = 'name'
),

registered as (
    select
        uscc,
        form_id
    from relative
    where is_registered
    union distinct
    select
        uscc,
        form_id
    from tonight
    where is_registered
),

registered_code as (
    select distinct uscc
    from registered
),

known as (
    select distinct
        uscc,
        form_id
    from relative
),

several as (
    select every.uscc
    from (
        select
            known.uscc,
            known.form_id
        from known
        union distinct
        select
            tonight.uscc,
            tonight.form_id
        from tonight
    ) as every
    group by every.uscc
    having count(*) > 1
)

select distinct
    tonight.uscc,
    tonight.value,
    false as is_registered
from tonight
left join registered
    on tonight.uscc = registered.uscc and tonight.form_id = registered.form_id
left join registered_code on tonight.uscc = registered_code.uscc
left join known
    on tonight.uscc = known.uscc and tonight.form_id = known.form_id
left join several on tonight.uscc = several.uscc
where
    not tonight.is_registered
    and registered.uscc is null
    and (
        registered_code.uscc is not null
        or (known.uscc is null and several.uscc is not null)
    )
