-- Lines that are kept back because a text in them reveals a person.
--
-- A resident's id is found by its form, a real month and day, and its check
-- character (ISO 7064 MOD 11-2); a mobile number by its form.
--
-- Grain:      one row per withheld record.
-- Reads:      line_text (record_id, version_id, owner, text of the line)
-- Leaves out: lines without such a text.
-- Parameters: $person_id, $phone (regular expressions)
-- Source:     贵州省企业公共信用信息平台运行管理规则 第二十四条; 个人信息保护法

with suspect as (
    select
        record_id,
        version_id,
        owner,
        regexp_matches(text, $phone) as has_phone,
        regexp_extract_all(text, $person_id) as codes
    from line_text
    where regexp_matches(text, $phone) or regexp_matches(text, $person_id)
),

listed as (
    select
        record_id,
        unnest(codes) as code
    from suspect
),

weight (place, factor) as (
    values
    (1, 7), (2, 9), (3, 10), (4, 5), (5, 8), (6, 4), (7, 2), (8, 1), (9, 6),
    (10, 3), (11, 7), (12, 9), (13, 10), (14, 5), (15, 8), (16, 4), (17, 2)
),

weighed as (
    select
        listed.record_id,
        listed.code,
        sum(substr(listed.code, weight.place, 1)::integer * weight.factor)::integer
            as total
    from listed
    cross join weight
    group by listed.record_id, listed.code
),

person as (
    select distinct record_id
    from weighed
    where substr('10X98765432', total % 11 + 1, 1) = upper(right(code, 1))
)

select
    suspect.record_id,
    suspect.version_id,
    suspect.owner,
    case when person.record_id is null then 'phone' else 'person_id' end as reason
from suspect
left join person on suspect.record_id = person.record_id
where suspect.has_phone or person.record_id is not null
