-- Records of one dataset that are not shown though their term runs, and why.
--
-- Grain:      one row per record.
-- Reads:      held_back (texts that reveal a person), candidate, standing
-- Leaves out: records without a class, whose standing is undecided.
-- Parameters: $dataset_id; $person (the class of natural persons); $natural_person and
--             $other_class (reasons: no channel shows the class of subjects)
-- Source:     筑府办发〔2016〕39号 三(三)7; 阳府〔2018〕60号 第十三条; 个人信息保护法

with of_other_classes as (
    select candidate.*
    from candidate
    inner join standing on candidate.record_id = standing.record_id
    where standing.standing = 'class_not_shown'
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
    case subject_class
        when $person then $natural_person
        else $other_class
    end as reason,
    null::varchar as item,
    term_ends_on,
    $dataset_id as dataset
from of_other_classes
