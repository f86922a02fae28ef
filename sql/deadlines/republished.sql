-- Records that one release shows, or shows since another day, and another one not.
--
-- Grain:      one row per record.
-- Reads:      published, published_before (the indexes of the two releases)
-- Leaves out: records before $from_id and from $to_id on: the indexes are compared
--             piece by piece.
-- Parameters: $from_id, $to_id (bounds of the record's id; null: none)
-- Source:     –

with both_indexes as (
    select
        record_id,
        first_published,
        true as is_now
    from published
    union all
    select
        record_id,
        first_published,
        false as is_now
    from published_before
)

select record_id
from both_indexes
where
    record_id >= coalesce($from_id, '')
    and ($to_id::varchar is null or record_id < $to_id::varchar)
group by record_id
having
    min(first_published) filter (where is_now)
    is distinct from min(first_published) filter (where not is_now)
