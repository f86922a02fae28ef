-- The current versions of the records that are judged anew.
--
-- Grain:      one row per record.
-- Reads:      records; touched (their ids)
-- Leaves out: records of which nothing but the deadline is new, see `newly_judged`.
-- Parameters: $since (last night whose versions the earlier night knew): most of the
--             records have a current version of a later night, which are few files
-- Source:     –

with known as not materialized (
    select
        record_id,
        dataset,
        owner,
        uscc,
        operation,
        event_on,
        produced_on,
        received_at,
        merged_night,
        merged_night > $since as is_fresh
    from records
),

fresh as (
    select known.*
    from known
    semi join touched on known.record_id = touched.record_id
    where known.is_fresh
),

changed as (
    select touched.record_id
    from touched
    anti join fresh on touched.record_id = fresh.record_id
    where not touched.is_due_alone
),

older as (
    select known.*
    from known
    semi join changed on known.record_id = changed.record_id
    where not known.is_fresh
),

chosen as (
    select * from fresh
    union all
    select * from older
)

select
    record_id,
    dataset,
    owner,
    uscc,
    operation,
    event_on,
    produced_on,
    received_at,
    merged_night
from chosen
