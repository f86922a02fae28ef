-- How many records of one dataset a department had on the channel that shows most.
--
-- Grain:      one row.
-- Reads:      indexed_base, indexed_changes (the files of the last release's index)
-- Leaves out: records that any later night changed: there are at least as many as said.
-- Parameters: $dataset_id, $owner
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 (no loss)

with shown as (
    select
        channel,
        count(*) as records
    from indexed_base
    where
        dataset = $dataset_id
        and owner = $owner
        and not coalesce(is_off, false)
    group by channel
),

changed as (
    select count(*) as records
    from indexed_changes
    where dataset = $dataset_id
)

select greatest(coalesce(max(shown.records), 0) - max(changed.records), 0) as had
from changed
left join shown on changed.records >= 0
