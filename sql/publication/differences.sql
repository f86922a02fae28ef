-- Where the last publication plus the delta is not the new publication.
--
-- Grain:      one row per kind of difference, with its number; 0 everywhere is proof.
-- Reads:      file_before, file_delta, file_after: the written files, read back
--             (record_id, line; file_delta also change_kind)
-- Leaves out: nothing.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 四 (kept current)

with replayed as (
    select
        record_id,
        line
    from file_before
    where record_id not in (select file_delta.record_id from file_delta)
    union all
    select
        record_id,
        line
    from file_delta
    where change_kind <> '撤下'
),

missing as (
    select
        record_id,
        line
    from file_after
    except all
    select
        record_id,
        line
    from replayed
),

surplus as (
    select
        record_id,
        line
    from replayed
    except all
    select
        record_id,
        line
    from file_after
),

wrong_kind as (
    select file_delta.record_id
    from file_delta
    left join file_before on file_delta.record_id = file_before.record_id
    where (file_delta.change_kind = '新增') <> (file_before.record_id is null)
)

select
    'missing' as difference,
    count(*) as number
from missing
union all
select
    'surplus' as difference,
    count(*) as number
from surplus
union all
select
    'wrong_kind' as difference,
    count(*) as number
from wrong_kind
union all
select
    'repeated' as difference,
    count(*) - count(distinct record_id) as number
from file_after
order by difference
