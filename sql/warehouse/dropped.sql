-- Delivered rows that add no version: in quarantine, or nothing new.
--
-- Grain:      one row per row of a batch.
-- Reads:      bad, outcome
-- Leaves out: rows that become versions.
-- Source:     阳府〔2018〕60号 第十一条 (变更)

select
    bad.batch_id,
    bad.row_id
from bad
union distinct
select
    outcome.batch_id,
    outcome.row_id
from outcome
where outcome.outcome in ('unchanged', 'superseded')
