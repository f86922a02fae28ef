-- What changes on one channel for one dataset since the last release.
--
-- Grain:      one row per line that is added (新增), changed (变更) or taken off (撤下).
-- Reads:      line, published_before (the index of the last release)
-- Leaves out: lines that stay as they are.
-- Parameters: $channel_id, $dataset_id
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销)

with before_lines as (
    select
        record_id,
        line_hash
    from published_before
    where channel = $channel_id and dataset = $dataset_id
)

select
    coalesce(line.record_id, before_lines.record_id) as record_id,
    case
        when before_lines.record_id is null then '新增'
        when line.record_id is null then '撤下'
        else '变更'
    end as change_kind
from line
full join before_lines on line.record_id = before_lines.record_id
where line.line_hash is distinct from before_lines.line_hash
