-- What the last publication kept back though its term runs, per unit and dataset.
--
-- Grain:      one row per unit and dataset.
-- Reads:      withheld
-- Leaves out: nothing; whom no channel shows (natural persons) is counted apart from
--             what holds personal data and can be corrected.
-- Parameters: $subject_reasons (reasons that say whom a record is about)
-- Source:     贵州省企业公共信用信息平台运行管理规则 第二十四条

select
    owner as department,
    dataset,
    count(*) filter (where not list_contains($subject_reasons, reason)) as withheld,
    count(*) filter (where list_contains($subject_reasons, reason)) as not_public
from withheld
group by owner, dataset
order by owner, dataset
