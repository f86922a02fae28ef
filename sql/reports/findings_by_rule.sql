-- How often each rule found a fault in a night, by what it said.
--
-- Grain:      one row per dataset, rule and message.
-- Reads:      findings
-- Leaves out: findings of other nights. No value and no row is shown.
-- Parameters: $night
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 七(三)

select
    dataset,
    rule_id,
    message,
    message_en,
    min(severity) as severity,
    min(dimension) as dimension,
    count(*) as findings,
    count(distinct department) as departments
from findings
where night = $night
group by dataset, rule_id, message, message_en
order by
    findings desc,
    rule_id asc,
    dataset asc nulls last,
    message asc nulls last,
    message_en asc nulls last
