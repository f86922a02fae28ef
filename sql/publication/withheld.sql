-- Records of one dataset that are not shown though their term runs, and why.
--
-- Grain:      one row per record.
-- Reads:      held_back (texts that reveal a person), candidate, standing
-- Leaves out: records without a class, whose standing is undecided.
-- Parameters: $dataset_id; $person (the class of natural persons); $natural_person,
--             $other_class and $repaired (reasons: no channel shows the class of
--             subjects, a repair was granted)
-- Source:     筑府办发〔2016〕39号 三(三)7; 阳府〔2018〕60号 第十三条; 个人信息保护法

with kept_off as (
    select
        candidate.record_id,
        candidate.version_id,
        candidate.owner,
        candidate.subject_class,
        candidate.term_ends_on,
        standing.standing
    from candidate
    inner join standing on candidate.record_id = standing.record_id
    where standing.standing in ('class_not_shown', 'repaired')
),

revealing as (
    select
        held_back.*,
        candidate.term_ends_on
    from held_back
    inner join candidate on held_back.record_id = candidate.record_id
)

select
    record_id,
    version_id,
    owner,
    reason,
    item,
    term_ends_on,
    $dataset_id as dataset
from revealing
union all
select
    record_id,
    version_id,
    owner,
    case
        when standing = 'repaired' then $repaired
        when subject_class = $person then $natural_person
        else $other_class
    end as reason,
    null::varchar as item,
    term_ends_on,
    $dataset_id as dataset
from kept_off
