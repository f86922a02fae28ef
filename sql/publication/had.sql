-- How many records of one dataset a department had on show in the last release.
--
-- Grain:      one row.
-- Reads:      indexed (the index of the last release, lines that went off included)
-- Leaves out: lines that went off.
-- Parameters: $dataset_id, $owner
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 (no loss)

select count(distinct record_id) as had
from indexed
where
    dataset = $dataset_id
    and owner = $owner
    and not coalesce(is_off, false)
