-- The findings about every line that is still in quarantine, however often a row came.
--
-- Grain:      one row per finding.
-- Reads:      findings, quarantine (lines with `closed_night`)
-- Leaves out: findings about rows that were merged; findings about lines that were
--             closed since. What is said of a whole delivery belongs to its line.
-- Source:     阳府〔2018〕60号 第十二条 (the provider answers for its data)

select findings.*  -- noqa: AM04
from findings
where exists (
    select 1
    from quarantine
    where
        quarantine.closed_night is null
        and quarantine.night = findings.night
        and quarantine.batch_id = findings.batch_id
        and quarantine.source_sheet is not distinct from findings.source_sheet
        and quarantine.source_row is not distinct from findings.source_row
)
