-- Missed deadlines as lines of a CSV file for people: titles for ids, blanks for nulls.
--
-- Grain:      one row per missed deadline, in the order of `overdue`.
-- Reads:      overdue (missed deadlines, in order); the macros csv_cell (quotes a text
--             where needed) and kind_cell, department_cell, dataset_cell (titles)
-- Leaves out: the night, which names the folder.
-- Source:     –

select
    concat_ws(
        ',',
        kind_cell(kind),
        coalesce(csv_cell(clock), ''),
        coalesce(department_cell(department), ''),
        coalesce(dataset_cell(dataset), ''),
        coalesce(csv_cell(uscc), ''),
        coalesce(csv_cell(record_id), ''),
        coalesce(csv_cell(batch_id), ''),
        coalesce(event_on::varchar, ''),
        coalesce(due_on::varchar, ''),
        coalesce(done_on::varchar, ''),
        coalesce(working_days_late::varchar, ''),
        case when provisional then '日历待定' else '' end,
        coalesce(csv_cell(clause), '')
    ) || chr(13) || chr(10) as csv_line
from overdue
