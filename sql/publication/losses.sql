-- How many lines of one dataset each department loses tonight.
--
-- Grain:      one row per department that had lines.
-- Reads:      line, standing, candidate (all records of the dataset), held_back (lines
--             that are kept back, and why), published_before (the index of the last
--             release)
-- Leaves out: as lost: lines whose term is over, which end on a day known long ago,
--             those that were repaired, those to which an objection was upheld, and
--             those of subjects that the catalogue no longer shows.
-- Parameters: $dataset_id; $objection (the reason that an objection is upheld)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 (no loss)

with before_lines as (
    select distinct record_id
    from published_before
    where dataset = $dataset_id
),

objected as (
    select distinct record_id
    from held_back
    where reason = $objection
)

select
    candidate.owner,
    count(*) as had,
    count(*) filter (
        where
        line.record_id is null
        and objected.record_id is null
        and standing.standing not in ('term_over', 'repaired', 'class_not_shown')
    ) as lost
from before_lines
inner join candidate on before_lines.record_id = candidate.record_id
inner join standing on before_lines.record_id = standing.record_id
left join line on before_lines.record_id = line.record_id
left join objected on before_lines.record_id = objected.record_id
group by candidate.owner
order by candidate.owner
