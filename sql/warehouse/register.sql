-- Every name and number under which a credit code was ever stated, for matching.
--
-- Grain:      one row per statement, see the table `enterprises`.
-- Reads:      identifiers
-- Leaves out: codes that have not 18 characters.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

select
    uscc,
    kind,
    form_id,
    organisation_id,
    is_registered,
    valid_from
from identifiers
where length(uscc) = 18
order by organisation_id, uscc, kind, valid_from, form_id
