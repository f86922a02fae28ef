-- The stored versions of the records that a night brings.
--
-- A record is looked for by its numbers, not by its id: every version ever stored is
-- compared, and a number costs a quarter of a text. Versions of other records that
-- have the same first number come along; whoever joins them compares both.
--
-- Grain:      one row per version in the dataset's base and tail files.
-- Reads:      version (base and tail), ended (numbers of versions that ended),
--             incoming
-- Leaves out: records that the night does not bring.
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销)

select
    version.record_number,
    version.record_rest,
    version.row_id as held_id,
    version.owner,
    version.received_at,
    version.content_number,
    version.operation = 'revoke' as is_revoked,
    ended.row_id is null as is_current
from version
left join ended on version.row_id = ended.row_id
where
    version.record_number in (select incoming.record_number from incoming)
