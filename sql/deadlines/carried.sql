-- Missed deadlines of an earlier night that stand tonight as they did.
--
-- Grain:      one row per record and clock that was missed.
-- Reads:      earlier (missed deadlines of that night); touched (records that are
--             judged anew)
-- Leaves out: cycles, which are judged anew every night; open deadlines, if a release
--             since then has judged their records.
-- Parameters: $night; $is_open_kept (no release since)
-- Source:     –

with standing as (
    select
        *,
        $night::date as judged_on
    from earlier
    where kind <> 'cycle' and (done_on is not null or $is_open_kept)
)

select
    standing.judged_on as night,
    standing.clock,
    standing.kind,
    standing.department,
    standing.dataset,
    standing.record_id,
    standing.uscc,
    standing.batch_id,
    standing.event_on,
    standing.due_on,
    standing.done_on,
    standing.provisional,
    standing.clause
from standing
anti join touched on standing.record_id = touched.record_id
