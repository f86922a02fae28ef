-- The states that records with late rows ever had.
--
-- Grain:      one row per record, content and day of the state.
-- Reads:      placed, held, archive (versions that ended before the last fold)
-- Leaves out: records without a late row.
-- Source:     贵州省企业公共信用信息平台运行管理规则 第十六条

with late as (
    select distinct
        record_id,
        record_number,
        record_rest
    from placed
    where is_late
)

select
    late.record_id,
    held.content_number,
    held.produced_on
from held
inner join late on held.record_id = late.record_id
union distinct
select
    late.record_id,
    archive.content_number,
    archive.produced_on
from archive
inner join late
    on
        archive.record_number = late.record_number
        and archive.record_rest = late.record_rest
