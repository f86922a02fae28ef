-- Every name under which a credit code was ever stated, for matching.
--
-- Grain:      one row per credit code and name.
-- Reads:      identifiers
-- Leaves out: numbers; codes without a name.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

select distinct
    uscc,
    value as name  -- noqa: RF04
from identifiers
where kind = 'name'
order by uscc, name
