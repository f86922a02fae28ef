-- Lines that may hold personal data: those that a cheap look does not clear.
--
-- What a person's number looks like is known to `guiji.domain.personal_data` alone;
-- it gives the two patterns, and judges what is let through here.
--
-- Grain:      one row per line to be judged.
-- Reads:      line_text (record_id, version_id, owner; free_text: its texts;
--             number_text: its texts that are numbers of documents)
-- Leaves out: lines without any long number or @.
-- Parameters: $suspect, $suspect_id (regular expressions)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条; 个人信息保护法

select
    record_id,
    version_id,
    owner,
    free_text,
    number_text
from line_text
where
    regexp_matches(free_text, $suspect)
    or regexp_matches(number_text, $suspect_id)
