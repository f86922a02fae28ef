-- Files of which a row was put away that does not wait in the quarantine already.
--
-- Grain:      one row per file.
-- Reads:      fault (findings about files whose bytes came before), earlier (the
--             earlier batches of each file's bytes), waiting (lines still open)
-- Leaves out: files whose every line waits at the same place for the same rules.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条

with line as (
    select
        batch_id,
        source_sheet,
        source_row,
        list(rule_id) as rules
    from fault
    where severity = 'critical' and source_row is not null
    group by batch_id, source_sheet, source_row
)

select distinct line.batch_id
from line
where not exists (
    select 1
    from earlier
    inner join waiting on earlier.earlier_batch = waiting.batch_id
    where
        earlier.batch_id = line.batch_id
        and waiting.source_sheet is not distinct from line.source_sheet
        and waiting.source_row is not distinct from line.source_row
        and list_sort(waiting.rules) = list_sort(line.rules)
)
