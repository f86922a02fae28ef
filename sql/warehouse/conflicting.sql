-- The rows of a night that state a code and a name that do not go together.
--
-- Grain:      one row per delivered row and conflict.
-- Reads:      said, name_conflict, code_conflict
-- Leaves out: rows without a conflict.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

with found as (
    select
        uscc,
        value,  -- noqa: RF04
        is_registered,
        'name_conflict' as contradiction
    from name_conflict
    union all
    select
        uscc,
        value,
        is_registered,
        'code_conflict' as contradiction
    from code_conflict
)

select
    said.batch_id,
    said.source_sheet,
    said.source_row,
    found.contradiction,
    case
        when found.contradiction = 'name_conflict' then said.value
        else said.uscc
    end as value  -- noqa: RF04
from said
inner join found
    on
        said.uscc = found.uscc
        and said.value = found.value
        and said.is_registered = found.is_registered
where said.kind = 'name'
