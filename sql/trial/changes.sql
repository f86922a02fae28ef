-- What a changed catalogue or rule set finds otherwise in one batch.
--
-- Grain:      one row per rule that found something then or finds something now.
-- Reads:      found_then, found_now
-- Leaves out: nothing; several findings of a rule in one row count once, a finding
--             about the whole batch counts as one row.
-- Source:     阳府〔2018〕60号 第十二条 (质量责任); 目录变更前的试算

with stated as (
    select
        source_sheet,
        source_row,
        rule_id,
        severity,
        true as is_then
    from found_then
    union all
    select
        source_sheet,
        source_row,
        rule_id,
        severity,
        false as is_then
    from found_now
),

places as (
    select
        source_sheet,
        source_row,
        rule_id,
        max(case when is_then then severity end) as severity_then,
        max(case when not is_then then severity end) as severity_now
    from stated
    group by source_sheet, source_row, rule_id
)

select
    rule_id,
    max(severity_then) as severity_then,
    max(severity_now) as severity_now,
    count(case when severity_then is null then 1 end) as newly_failing,
    count(case when severity_now is null then 1 end) as newly_passing,
    count(*) as rows_found
from places
group by rule_id
order by rule_id
