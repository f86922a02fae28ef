-- The stored versions of the records that a night brings.
--
-- A record is looked for by its number: every record ever stored is compared, and a
-- number is read and compared at a quarter of the cost of a text. The rest of the id,
-- which is no part of the number, tells apart the few that have one number.
--
-- Grain:      one row per version in the dataset's base and tail files.
-- Reads:      version (base and tail), ended (numbers of versions that ended),
--             incoming
-- Leaves out: records that the night does not bring.
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销)

with brought as (
    select distinct
        record_id,
        record_number,
        record_rest
    from incoming
),

found as (
    select
        version.record_number,
        version.record_rest,
        version.row_id,
        version.owner,
        version.produced_on,
        version.received_at,
        version.content_number
    from version
    where version.record_number in (select brought.record_number from brought)
)

select
    brought.record_id,
    found.row_id as held_id,
    found.owner,
    found.produced_on,
    found.received_at,
    found.content_number,
    ended.row_id is null as is_current
from found
inner join brought
    on
        found.record_number = brought.record_number
        and found.record_rest = brought.record_rest
left join ended on found.row_id = ended.row_id
