-- Files of which a row is not the current version of its record.
--
-- Grain:      one row per file.
-- Reads:      incoming (accepted rows of some files), current (versions held)
-- Leaves out: files of which every row is held as it is.
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销)

select distinct incoming.batch_id
from incoming
left join current on incoming.record_id = current.record_id
where incoming.content_hash is distinct from current.content_hash
