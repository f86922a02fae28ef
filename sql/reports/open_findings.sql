-- What waits to be mended at the end of a period, and since when.
--
-- A record that came faulty several times waits once, from the day on which it was
-- first received; so does a file that was refused several times under its name. What
-- arrived after a night's day, and was taken by that night, waits since that day.
--
-- Grain:      one row per unit, dataset and day; dataset is null where none was
--             recognised.
-- Reads:      quarantine (lines with `closed_night`), deliveries
-- Leaves out: lines that were closed by then; lines of later nights.
-- Parameters: $last (night)
-- Source:     阳府〔2018〕60号 第十二条 (the provider answers for its data)

with open_then as (
    select *
    from quarantine
    where night <= $last and (closed_night is null or closed_night > $last)
),

waiting as (
    select
        open_then.department,
        open_then.dataset,
        open_then.source_row is null as is_file,
        case
            when open_then.source_row is null then open_then.source_file
            when open_then.record_id is not null then open_then.record_id
            else concat_ws(
                '|',
                open_then.batch_id,
                open_then.source_sheet,
                cast(open_then.source_row as varchar)
            )
        end as what,
        coalesce(
            least(cast(deliveries.received_at as date), open_then.night),
            open_then.night
        ) as received_on
    from open_then
    left join deliveries on open_then.batch_id = deliveries.batch_id
),

first_received as (
    select
        department,
        dataset,
        is_file,
        what,
        min(received_on) as since
    from waiting
    group by department, dataset, is_file, what
)

select
    department,
    dataset,
    since,
    count(*) filter (where not is_file) as open_rows,
    count(*) filter (where is_file) as open_files
from first_received
group by department, dataset, since
order by department, dataset nulls last, since
