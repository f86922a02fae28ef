-- The enterprises known to the warehouse (企业名册).
--
-- The registrar's current record says what an enterprise is called; without one, the
-- name stated last. Older numbers and all names with their days are in `identifiers`.
--
-- Grain:      one row per credit code.
-- Reads:      records, identifiers, registration (current registrations: uscc,
--             enterprise_name, operation and, null where the catalogue has no such
--             item, region, status, industry, industry_code, established_on)
-- Leaves out: records without a credit code.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第七条(五)

with stated as (
    select
        uscc,
        list_sort(
            list(distinct value) filter (where kind = 'name')
        ) as all_names,
        list_sort(
            list(distinct value) filter (where kind = 'name' and is_registered)
        ) as registered_names,
        list_sort(
            list(distinct value) filter (where kind <> 'name')
        ) as legacy_codes,
        min(night) as first_night
    from identifiers
    group by uscc
),

held as (
    select
        uscc,
        max_by(
            enterprise_name,
            (
                -- a null inside a tuple would be the greatest: undated is the oldest
                coalesce(produced_on, date '0001-01-01'), received_at, record_id
            )
        ) filter (where enterprise_name is not null) as last_name,
        count(*) filter (where operation <> 'revoke') as records
    from records
    where uscc is not null
    group by uscc
),

registered as (
    select
        uscc,
        enterprise_name,
        region,
        status,
        industry,
        industry_code,
        established_on
    from registration
    where uscc is not null and operation <> 'revoke'
    qualify row_number() over (
        partition by uscc
        order by produced_on desc nulls last, received_at desc, record_id desc
    ) = 1
)

select
    held.uscc,
    registered.region,
    registered.status,
    registered.industry,
    registered.industry_code,
    registered.established_on,
    held.records,
    stated.first_night,
    coalesce(registered.enterprise_name, held.last_name) as name,  -- noqa: RF04
    coalesce(stated.all_names, []::varchar[]) as names,  -- noqa: RF04
    list_filter(
        coalesce(stated.registered_names, []::varchar[]),
        lambda each: each  -- noqa: RF02
        <> coalesce(registered.enterprise_name, held.last_name)
    ) as former_names,
    coalesce(stated.legacy_codes, []::varchar[]) as legacy_codes,
    substr(held.uscc, 9, 9) as organisation_code,
    substr(held.uscc, 3, 6) as registered_region,
    registered.uscc is not null as is_registered
from held
left join stated on held.uscc = stated.uscc
left join registered on held.uscc = registered.uscc
