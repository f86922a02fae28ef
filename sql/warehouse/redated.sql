-- Rows of a delivery whose document is held under another day of its event.
--
-- Grain:      one row.
-- Reads:      typed (rows of the delivery), standing (current versions)
-- Leaves out: records of other departments; revoked ones; documents that are held
--             under the stated day as well.
-- Parameters: $owner (department)
-- Source:     阳府〔2018〕60号 第十二条 (准确性、及时性)

with stated as (
    select
        subject,
        document,
        event_on,
        count(*) as row_count
    from typed
    group by subject, document, event_on
),

held as (
    select
        subject,
        document,
        event_on
    from standing
    where
        owner = $owner
        and operation <> 'revoke'
        and event_on is not null
        and subject in (select stated.subject from stated)
),

matched as (
    select
        stated.subject,
        stated.document,
        stated.event_on,
        max(stated.row_count) as row_count,
        bool_or(held.event_on = stated.event_on) as is_same_day
    from stated
    inner join held
        on stated.subject = held.subject and stated.document = held.document
    group by stated.subject, stated.document, stated.event_on
)

select
    cast(
        coalesce(sum(row_count) filter (where not is_same_day), 0) as bigint
    ) as redated_rows
from matched
