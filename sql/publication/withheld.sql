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

weighed as (
    select
        record_id,
        upper(right(code, 1)) as check_character,
        list_dot_product(
            list_transform(
                string_split(left(code, 17), ''), lambda digit: digit::double
            ),
            [
                7e0, 9e0, 10e0, 5e0, 8e0, 4e0, 2e0, 1e0, 6e0, 3e0,
                7e0, 9e0, 10e0, 5e0, 8e0, 4e0, 2e0
            ]
        )::integer as total
    from listed
),

person as (
    select distinct record_id
    from weighed
    where substr('10X98765432', total % 11 + 1, 1) = check_character
)

select
    suspect.record_id,
    suspect.version_id,
    suspect.owner,
    case when person.record_id is null then 'phone' else 'person_id' end as reason
from suspect
left join person on suspect.record_id = person.record_id
where suspect.has_phone or person.record_id is not null
