-- The states that records with late rows ever had.
--
-- Grain:      one row per record, content and day of the state.
-- Reads:      placed, held, archive (versions that ended before the last fold)
-- Leaves out: records without a late row.
-- Source:     贵州省企业公共信用信息平台运行管理规则 第十六条

with late as (
    select distinct
        record_number,
        record_rest
    from placed
    where is_late
)

select
    held.record_number,
    held.record_rest,
    held.content_number,
    held.produced_on
from held
inner join late
    on
        held.record_number = late.record_number
        and held.record_rest = late.record_rest
union distinct
select
    archive.record_number,
    archive.record_rest,
    archive.content_number,
    archive.produced_on
from archive
inner join late
    on
        archive.record_number = late.record_number
        and archive.record_rest = late.record_rest
