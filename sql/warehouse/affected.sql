-- The lines of the quarantine that are to be checked again.
--
-- Grain:      one row per open line.
-- Reads:      quarantine (lines with `closed_night`), standing_findings
-- Leaves out: closed lines; with $batch, those of other batches; with $rule, those that
--             this rule has nothing to do with.
-- Parameters: $batch (batch id; null = all), $rule (rule id or code of a refusal;
--             null = all)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条

with blamed as (
    select distinct
        night,
        batch_id,
        source_sheet,
        source_row
    from standing_findings
    where rule_id = $rule::varchar
),

waiting as (
    select
        night,
        batch_id,
        source_sheet,
        source_row,
        rules,
        $batch::varchar is null or batch_id = $batch::varchar as is_of_batch,
        $rule::varchar is null
        or list_contains(rules, $rule::varchar) as is_of_rule
    from quarantine
    where closed_night is null
)

select
    waiting.night,
    waiting.batch_id,
    waiting.source_sheet,
    waiting.source_row,
    waiting.rules
from waiting
left join blamed
    on
        waiting.night = blamed.night
        and waiting.batch_id = blamed.batch_id
        and waiting.source_sheet is not distinct from blamed.source_sheet
        and waiting.source_row is not distinct from blamed.source_row
where
    waiting.is_of_batch
    and (waiting.is_of_rule or blamed.batch_id is not null)
