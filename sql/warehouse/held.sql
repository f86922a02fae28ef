-- The stored versions of the records that a night brings.
--
-- Grain:      one row per version in the dataset's base and tail files.
-- Reads:      version (base and tail), ended (numbers of versions that ended),
--             incoming
-- Leaves out: records that the night does not bring.
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销)

select
    version.record_id,
    version.row_id as held_id,
    version.owner,
    version.produced_on,
    version.received_at,
    version.content_hash,
    ended.row_id is null as is_current
from version
left join ended on version.row_id = ended.row_id
where version.record_id in (select incoming.record_id from incoming)
