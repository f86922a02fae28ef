-- What a night states about enterprises and the registrar has not confirmed before.
--
-- Nearly every row only repeats a registered name: it is left out by one look at a
-- hash, before anything is sorted or grouped.
--
-- Grain:      one row per statement of a row.
-- Reads:      paired (statements with the hash of code, kind and value), identifier
-- Leaves out: names that the registrar stated before. The registrar's own stay: a name
--             that comes back has to be seen.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

select
    paired.uscc,
    paired.kind,
    paired.value,  -- noqa: RF04
    paired.is_registered,
    paired.said_on,
    paired.batch_id,
    paired.pair_id
from paired
where paired.kind <> 'name' or paired.is_registered
union all
select
    paired.uscc,
    paired.kind,
    paired.value,
    paired.is_registered,
    paired.said_on,
    paired.batch_id,
    paired.pair_id
from paired
where
    paired.kind = 'name'
    and not paired.is_registered
    and not exists (
        select 1
        from identifier
        where identifier.is_registered and identifier.pair_id = paired.pair_id
    )
