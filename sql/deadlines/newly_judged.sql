-- The current versions of the records whose deadline is over since the earlier night.
--
-- Grain:      one row per record.
-- Reads:      records; touched (the ids of the records that are judged anew)
-- Leaves out: records that are judged for another reason, see `judged`.
-- Parameters: $first_event, $last_event (first and last day of their events): a scan
--             skips what lies outside
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
        merged_night
    from records
    where event_on between $first_event::date and $last_event::date
),

newly_due as (
    select record_id
    from touched
    where is_due_alone
)

select known.*
from known
semi join newly_due on known.record_id = newly_due.record_id
