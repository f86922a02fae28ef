-- Records held that a row may mean whose own record is not held.
--
-- Grain:      at most three rows per row of `missing`, the likest first.
-- Reads:      missing (rows whose record is not held), incoming, current
-- Leaves out: records of other departments; revoked ones; of the same subject those
--             whose key differs in more than $characters characters.
-- Parameters: $characters
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销)

with candidate as (
    select
        missing.batch_id,
        missing.row_id,
        current.record_id as other_id,
        current.record_key as other_key,
        current.uscc as other_uscc,
        current.enterprise_name as other_enterprise_name,
        current.event_on as other_event_on,
        current.batch_id as other_batch_id,
        current.source_sheet as other_sheet,
        current.source_row as other_row,
        current.merged_night as other_night,
        levenshtein(incoming.record_key, current.record_key) as distance
    from missing
    inner join incoming
        on
            missing.batch_id = incoming.batch_id
            and missing.row_id = incoming.row_id
    inner join current
        on
            incoming.owner = current.owner
            and (
                incoming.subject = current.subject
                or incoming.record_key = current.record_key
            )
    where current.operation <> 'revoke'
),

ordered as (
    select
        *,
        row_number() over (
            partition by batch_id, row_id
            order by distance, other_key, other_id
        ) as place_in_row
    from candidate
    where distance <= $characters
)

select
    batch_id,
    row_id,
    other_key,
    other_uscc,
    other_enterprise_name,
    other_event_on,
    other_batch_id,
    other_sheet,
    other_row,
    other_night
from ordered
where place_in_row <= 3
order by batch_id, row_id, place_in_row
