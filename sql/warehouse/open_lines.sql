-- The lines of the quarantine that a night can close, and how far to trust their ids.
--
-- Grain:      one row per line.
-- Reads:      waiting (lines still open, tonight's among them), said (findings about
--             them), subject_item (items that say whom a record is about, by dataset)
-- Leaves out: nothing. `is_subject_wrong` tells that a critical finding is about whom
--             the row is about, so that its record id cannot be relied on.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条

with doubtful as (
    select distinct
        said.night,
        said.batch_id,
        said.source_sheet,
        said.source_row
    from said
    inner join subject_item
        on
            said.dataset = subject_item.dataset
            and said.item = subject_item.item
    where said.severity = 'critical' and said.source_row is not null
)

select
    waiting.night,
    waiting.batch_id,
    waiting.department,
    waiting.dataset,
    waiting.source_file,
    waiting.source_sheet,
    waiting.source_row,
    waiting.record_id,
    waiting.record_key,
    waiting.enterprise_name,
    doubtful.batch_id is not null as is_subject_wrong
from waiting
left join doubtful
    on
        waiting.night = doubtful.night
        and waiting.batch_id = doubtful.batch_id
        and waiting.source_sheet is not distinct from doubtful.source_sheet
        and waiting.source_row = doubtful.source_row
