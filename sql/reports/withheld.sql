-- What the last publication kept back though its term runs, per unit and dataset.
--
-- Grain:      one row per unit and dataset.
-- Reads:      withheld
-- Leaves out: records to which an objection is upheld, which objections list, and what
--             was repaired (信用修复), which nobody is to mend. Whom no channel shows
--             (natural persons) is counted apart from what holds personal data and
--             can be corrected.
-- Parameters: $person, $subject_class (reasons that say whom a record is about),
--             $objection (reason: an objection is upheld), $repaired (reason: a repair
--             was granted)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条

select
    owner as department,
    dataset,
    count(*) filter (where reason not in ($person, $subject_class)) as withheld,
    count(*) filter (where reason in ($person, $subject_class)) as not_public
from withheld
where reason not in ($objection, $repaired)
group by owner, dataset
order by owner, dataset
