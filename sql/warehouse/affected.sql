-- The lines of the quarantine that are to be checked again.
--
-- Grain:      one row per open line.
-- Reads:      quarantine (lines with `closed_night`), open_findings
-- Leaves out: closed lines; with $batch, those of other batches; with $rule, those that
--             this rule has nothing to do with.
-- Parameters: $batch (batch id; null = all), $rule (rule id or code of a refusal;
--             null = all)
-- Source:     贵州省企业公共信用信息平台运行管理规则 第十六条

with blamed as (
    select distinct
        night,
        batch_id,
        source_sheet,
        source_row
    from open_findings
    where rule_id = $rule::varchar
)

select
    quarantine.night,
    quarantine.batch_id,
    quarantine.source_sheet,
    quarantine.source_row,
    quarantine.rules
from quarantine
left join blamed
    on
        quarantine.night = blamed.night
        and quarantine.batch_id = blamed.batch_id
        and quarantine.source_sheet is not distinct from blamed.source_sheet
        and quarantine.source_row is not distinct from blamed.source_row
where
    quarantine.closed_night is null
    and ($batch::varchar is null or quarantine.batch_id = $batch::varchar)
    and (
        $rule::varchar is null
        or blamed.batch_id is not null
        or list_contains(quarantine.rules, $rule::varchar)
    )
