-- The enterprises known to the warehouse (企业名册).
--
-- Grain:      one row per credit code.
-- Reads:      records, history, registration (current registrations: uscc,
--             enterprise_name, operation and, null where the catalogue has no such
--             item, region, status, industry_code, established_on)
-- Leaves out: records without a credit code.
-- Source:     贵州省企业公共信用信息平台运行管理规则 第七条(五)

with names as (
    select
        uscc,
        list(distinct enterprise_name order by enterprise_name) as all_names,
        min(merged_night) as first_night
    from history
    where uscc is not null and enterprise_name is not null
    group by uscc
),

held as (
    select
        uscc,
        max_by(
            enterprise_name, (produced_on, received_at, record_id)
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
    names.all_names as names,  -- noqa: RF04
    registered.region,
    registered.status,
    registered.industry_code,
    registered.established_on,
    held.records,
    names.first_night,
    coalesce(registered.enterprise_name, held.last_name) as name,  -- noqa: RF04
    substr(held.uscc, 3, 6) as registered_region,
    registered.uscc is not null as is_registered
from held
left join names on held.uscc = names.uscc
left join registered on held.uscc = registered.uscc
