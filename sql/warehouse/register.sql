-- Every name under which a credit code was ever delivered, for matching.
--
-- Grain:      one row per credit code and name.
-- Reads:      known (all versions of all datasets)
-- Leaves out: versions without a credit code or without a name.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

select distinct
    uscc,
    enterprise_name as name  -- noqa: RF04
from known
where uscc is not null and enterprise_name is not null
order by uscc, enterprise_name
