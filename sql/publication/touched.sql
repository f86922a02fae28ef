-- Records of one dataset whose line, or whose absence, may be another one tonight.
--
-- Grain:      one row per record.
-- Reads:      candidate (records that changed since the last release); indexed,
--             withheld_before (what it showed and withheld, and the ends of terms)
-- Leaves out: records that did not change and whose term runs on, or was over before.
-- Parameters: $dataset_id, $night
-- Source:     阳府〔2018〕60号 第十八条 (公开期限届满终止公开)

select record_id
from candidate
union
select record_id
from indexed
where
    dataset = $dataset_id
    and term_ends_on < $night::date
    and not coalesce(is_off, false)
union
select record_id
from withheld_before
where
    dataset = $dataset_id
    and term_ends_on < $night::date
    and not coalesce(is_off, false)
order by record_id
