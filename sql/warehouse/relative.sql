-- The names known before of the credit codes that a night's suspects are about: their
-- own, and those that are registered under the same name.
--
-- Grain:      one row per known name, see the table `enterprises`.
-- Reads:      suspect, identifier
-- Leaves out: numbers; codes that no suspect concerns.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

with concerned as (
    select uscc
    from suspect
    where kind = 'name'
    union distinct
    select uscc
    from identifier
    where
        kind = 'name'
        and is_registered
        and form_id in (
            select suspect.form_id
            from suspect
            where suspect.kind = 'name'
        )
)

select
    uscc,
    is_registered,
    valid_from,
    pair_id,
    form_id
from identifier
where
    kind = 'name'
    and uscc in (select concerned.uscc from concerned)
