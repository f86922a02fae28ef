-- How many lines of one dataset each department loses tonight.
--
-- Grain:      one row per department that had lines.
-- Reads:      line, standing, candidate (all records of the dataset),
--             published_before (the index of the last release)
-- Leaves out: as lost: lines whose term is over, which end on a day known long ago,
--             those that were repaired, and those of subjects that the catalogue no
--             longer shows.
-- Parameters: $dataset_id
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 (no loss)

with before_lines as (
    select distinct record_id
    from published_before
    where dataset = $dataset_id
)

select
    candidate.owner,
    count(*) as had,
    count(*) filter (
        where
        line.record_id is null
        and standing.standing not in ('term_over', 'repaired', 'class_not_shown')
    ) as lost
from before_lines
inner join candidate on before_lines.record_id = candidate.record_id
inner join standing on before_lines.record_id = standing.record_id
left join line on before_lines.record_id = line.record_id
group by candidate.owner
order by candidate.owner
