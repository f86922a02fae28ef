-- Contents of incoming rows that a version of their record had before.
--
-- Asked only of rows that differ from the current version, and of records that the
-- night brings several times.
--
-- Grain:      one row per record and content.
-- Reads:      placed, held, archive (versions that ended before the last fold)
-- Leaves out: contents that no version had.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条

with asked as (
    select distinct
        record_number,
        record_rest,
        content_number
    from placed
    where not is_alone or content_number <> latest_number
)

select
    held.record_number,
    held.record_rest,
    held.content_number
from held
inner join asked
    on
        held.record_number = asked.record_number
        and held.record_rest = asked.record_rest
        and held.content_number = asked.content_number
union distinct
select
    archive.record_number,
    archive.record_rest,
    archive.content_number
from archive
inner join asked
    on
        archive.record_number = asked.record_number
        and archive.record_rest = asked.record_rest
        and archive.content_number = asked.content_number
