-- Records that a period merged first (新归集).
--
-- Grain:      one row per record.
-- Reads:      history
-- Leaves out: records with a version of an earlier night.
-- Parameters: $first, $last (nights, both included)
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 七(三)(四)

with merged_then as (
    select distinct record_id
    from history
    where merged_night between $first and $last
),

earlier as (
    select record_id
    from history
    where merged_night < $first
),

known as (
    select distinct earlier.record_id
    from earlier
    semi join merged_then on earlier.record_id = merged_then.record_id
)

select merged_then.record_id
from merged_then
anti join known on merged_then.record_id = known.record_id
