-- How many rows of one batch a changed catalogue or rule set would keep out, or let in.
--
-- Grain:      one row.
-- Reads:      found_then, found_now
-- Leaves out: findings that keep no row out: warnings, and those about the whole batch.
-- Source:     阳府〔2018〕60号 第十二条 (质量责任); 目录变更前的试算

with stated as (
    select
        source_sheet,
        source_row,
        severity,
        1 as held_then,
        0 as held_now
    from found_then
    union all
    select
        source_sheet,
        source_row,
        severity,
        0 as held_then,
        1 as held_now
    from found_now
),

places as (
    select
        source_sheet,
        source_row,
        max(held_then) as held_then,
        max(held_now) as held_now
    from stated
    where severity = 'critical' and source_row is not null
    group by source_sheet, source_row
)

select
    count(case when held_then = 0 then 1 end) as newly_held,
    count(case when held_now = 0 then 1 end) as newly_freed
from places
