-- Records that came without a credit code, and the enterprise they belong to.
--
-- The ways are tried in the order of certainty, and the first one that finds anybody
-- decides: the organisation code inside a credit code, the registration number, the
-- tax number or the organisation code inside it, at last the registered name together
-- with the region of registration, if no number that the row gives speaks against it.
-- What the registrar states goes before what others do; codes stated by the day of the
-- event go before those stated later.
--
-- Grain:      one row per record that belongs to exactly one code.
-- Reads:      uncoded (one row per record), identifier (of the codes in question all
--             rows)
-- Leaves out: records that nobody, or more than one code, fits; individual businesses
--             (codes that begin with 92) whose name alone fits.
-- Source:     渝府办发〔2015〕159号 二(一)(二); GB 32100-2015 (characters 9–17)

with candidate as (
    select
        uncoded.record_id,
        uncoded.event_on,
        identifier.uscc,
        identifier.is_registered,
        identifier.valid_from,
        1 as step
    from uncoded
    inner join identifier
        on uncoded.organisation_id = identifier.organisation_id
    union all
    select
        uncoded.record_id,
        uncoded.event_on,
        identifier.uscc,
        identifier.is_registered,
        identifier.valid_from,
        2 as step
    from uncoded
    inner join identifier on uncoded.registration_id = identifier.form_id
    where identifier.kind = 'registration_number'
    union all
    select
        uncoded.record_id,
        uncoded.event_on,
        identifier.uscc,
        identifier.is_registered,
        identifier.valid_from,
        3 as step
    from uncoded
    inner join identifier on uncoded.tax_id = identifier.form_id
    where identifier.kind = 'tax_number'
    union all
    select
        uncoded.record_id,
        uncoded.event_on,
        identifier.uscc,
        identifier.is_registered,
        identifier.valid_from,
        3 as step
    from uncoded
    inner join identifier
        on uncoded.tax_organisation_id = identifier.organisation_id
    union all
    select
        uncoded.record_id,
        uncoded.event_on,
        identifier.uscc,
        identifier.is_registered,
        identifier.valid_from,
        4 as step
    from uncoded
    inner join identifier on uncoded.name_id = identifier.form_id
    where
        identifier.kind = 'name'
        and identifier.is_registered
        and uncoded.region = substr(identifier.uscc, 3, 6)
        and uncoded.organisation_id is null
        and uncoded.tax_organisation_id is null
        and not uncoded.is_individual
        and left(identifier.uscc, 2) <> '92'
        and not exists (
            select 1
            from identifier as other
            where
                other.uscc = identifier.uscc
                and (
                    other.kind = 'registration_number'
                    or (
                        other.kind = 'name'
                        and other.is_registered
                        and other.form_id <> identifier.form_id
                        and other.valid_from > identifier.valid_from
                        and other.valid_from <= uncoded.event_on
                    )
                )
        )
),

fitting as (
    select
        record_id,
        step,
        uscc,
        max(case when is_registered then 1 else 0 end) as by_registrar,
        max(
            case when valid_from > event_on then 0 else 1 end
        ) as by_event
    from candidate
    group by record_id, step, uscc
),

first_step as (
    select
        *,
        min(step) over (partition by record_id) as decides
    from fitting
),

registered as (
    select
        record_id,
        step,
        uscc,
        by_event,
        by_registrar,
        max(by_registrar) over (partition by record_id) as best
    from first_step
    where step = decides
),

dated as (
    select
        record_id,
        step,
        uscc,
        by_event,
        max(by_event) over (partition by record_id) as best
    from registered
    where by_registrar = best
),

one as (
    select
        record_id,
        min(step) as step,
        min(uscc) as uscc
    from dated
    where by_event = best
    group by record_id
    having count(*) = 1
)

select
    uncoded.dataset,
    one.record_id,
    uncoded.subject,
    one.uscc,
    case one.step
        when 1 then 'organisation_code'
        when 2 then 'registration_number'
        when 3 then 'tax_number'
        else 'name_region'
    end as matched_by
from one
inner join uncoded on one.record_id = uncoded.record_id
