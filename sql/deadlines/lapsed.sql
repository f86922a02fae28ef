-- Lines of an earlier night's missed deadlines that do not stand tonight.
--
-- Grain:      one row per line, by its number in the file, from 0.
-- Reads:      earlier (missed deadlines of that night, with file_row_number);
--             touched (records that are judged anew)
-- Leaves out: lines that stand. Cycles are judged anew every night; open deadlines, if
--             a release since then has judged their records.
-- Parameters: $is_open_kept (no release since)
-- Source:     –

with listed as (
    select
        file_row_number,
        record_id,
        kind = 'cycle' or (done_on is null and not $is_open_kept) as is_judged
    from earlier
)

select listed.file_row_number as line_number
from listed
left join touched on listed.record_id = touched.record_id
where listed.is_judged or touched.record_id is not null
