-- Registrations whose code another file, or the warehouse, gives to an enterprise of
-- another name, of which nothing else agrees either.
--
-- Grain:      one row per registration and other registration of its code; what the
--             warehouse holds comes first.
-- Reads:      registration (accepted rows of the night's registrations), registered
--             (registrations held); both with established_on and registration_number
-- Leaves out: rows of one file, which the checks compare; codes whose registration is
--             revoked, or is being revoked tonight; names that are written alike.
-- Source:     GB 32100-2015 (one code for one subject, for life)

with given as (
    select *
    from registration
    where operation <> 'revoke' and uscc is not null
),

revoked as (
    select uscc
    from registration
    where operation = 'revoke' and uscc is not null
),

other as (
    select
        uscc,
        enterprise_name,
        established_on,
        registration_number,
        batch_id,
        null::varchar as source_file,
        source_sheet,
        source_row,
        true as is_held
    from registered
    where
        operation <> 'revoke'
        and uscc in (select given.uscc from given)
        and uscc not in (select revoked.uscc from revoked)
    union all
    select
        uscc,
        enterprise_name,
        established_on,
        registration_number,
        batch_id,
        source_file,
        source_sheet,
        source_row,
        false as is_held
    from given
)

select
    given.batch_id,
    given.row_id,
    given.enterprise_name,
    other.enterprise_name as other_name,
    other.batch_id as other_batch,
    other.source_file as other_file,
    other.source_sheet as other_sheet,
    other.source_row as other_row
from given
inner join other
    on
        given.uscc = other.uscc
        and given.enterprise_name <> other.enterprise_name
        and (other.is_held or given.batch_id <> other.batch_id)
where
    not coalesce(given.established_on = other.established_on, false)
    and not coalesce(given.registration_number = other.registration_number, false)
order by
    given.batch_id asc, given.row_id asc, other.is_held desc, other.batch_id asc,
    other.source_row asc
