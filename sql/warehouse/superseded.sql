-- The numbers of the versions that end with this night.
--
-- A new version ends the current one of its record. Of several new versions of a
-- record the last to arrive is current; those before it, and rows that came late, end
-- in the night that brings them.
--
-- Grain:      one row per version.
-- Reads:      held, placed, outcome, absent, batch (first_id: number of its row 0)
-- Leaves out: versions that stay current.
-- Parameters: $night
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条 (nothing is overwritten)

with stored as (
    select
        outcome.batch_id,
        outcome.row_id,
        outcome.record_number,
        outcome.record_rest,
        outcome.outcome = 'late' as is_late
    from outcome
    where outcome.outcome not in ('unchanged', 'superseded')
),

replaced as (
    select distinct
        record_number,
        record_rest
    from stored
    where not is_late
),

ordered as (
    select
        placed.batch_id,
        placed.row_id,
        row_number() over (
            partition by placed.record_number, placed.record_rest
            order by
                placed.received_at desc, placed.batch_id desc, placed.row_id desc
        ) as place_from_last
    from placed
    inner join stored
        on
            placed.batch_id = stored.batch_id
            and placed.row_id = stored.row_id
    where not placed.is_alone and not stored.is_late
),

ended as (
    select
        batch_id,
        row_id
    from ordered
    where place_from_last > 1
    union all
    select
        batch_id,
        row_id
    from stored
    where is_late
),

numbered as (
    select held.held_id as row_id
    from held
    inner join replaced
        on
            held.record_number = replaced.record_number
            and held.record_rest = replaced.record_rest
    where held.is_current
    union all
    select absent.held_id as row_id
    from absent
    union all
    select batch.first_id + ended.row_id as row_id
    from ended
    inner join batch on ended.batch_id = batch.batch_id
)

select
    row_id,
    $night::date as superseded_night
from numbered
