-- Which lines of the quarantine a night closes, how, and by what.
--
-- A department closes its own lines only. Of several ways that close a line the one
-- that says most about it counts, see `priority`. A returned workbook holds the rows of
-- a text file, which has no sheets, in a sheet of its own.
--
-- Grain:      one row per line that may be closed; where `is_same_name_needed` it is
--             closed if `name_taken` is the name of the line.
-- Reads:      line (open lines, tonight's among them), batch (tonight's accepted
--             deliveries), taken (their rows)
-- Leaves out: lines that stay open.
-- Parameters: $night
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条, 第二十四条 (own
--             records only)

with tonight as (
    select *
    from line
    where night = $night
),

earlier as (
    select *
    from line
    where night < $night
),

again as (
    select
        earlier.night as put_away_night,
        earlier.batch_id,
        earlier.source_sheet,
        earlier.source_row,
        batch.again as how,
        batch.batch_id as by_batch,
        1 as priority,
        null::varchar as name_taken
    from earlier
    inner join batch on earlier.batch_id = batch.again_of
    left join taken
        on
            batch.batch_id = taken.batch_id
            and earlier.source_sheet is not distinct from taken.source_sheet
            and earlier.source_row = taken.source_row
    where earlier.source_row is null or taken.batch_id is not null
),

renewed as (
    select
        earlier.night as put_away_night,
        earlier.batch_id,
        earlier.source_sheet,
        earlier.source_row,
        'renewed' as how,
        earlier.batch_id as by_batch,
        2 as priority,
        null::varchar as name_taken
    from earlier
    where exists (
        select 1
        from tonight
        where
            tonight.batch_id = earlier.batch_id
            and (
                earlier.source_row is null
                or (
                    tonight.source_sheet is not distinct from earlier.source_sheet
                    and tonight.source_row = earlier.source_row
                )
            )
    )
),

mended as (
    select
        line.night as put_away_night,
        line.batch_id,
        line.source_sheet,
        line.source_row,
        'mended' as how,
        batch.batch_id as by_batch,
        3 as priority,
        null::varchar as name_taken
    from line
    inner join taken
        on
            line.record_id = taken.record_id
            and line.batch_id <> taken.batch_id
    inner join batch
        on
            taken.batch_id = batch.batch_id
            and line.department = batch.department
            and line.dataset = batch.dataset
),

answered as (
    select
        earlier.night as put_away_night,
        earlier.batch_id,
        earlier.source_sheet,
        earlier.source_row,
        'mended' as how,
        batch.batch_id as by_batch,
        4 as priority,
        null::varchar as name_taken
    from earlier
    inner join batch
        on
            earlier.batch_id = batch.answers
            and earlier.department = batch.department
    left join taken
        on
            batch.batch_id = taken.batch_id
            and coalesce(earlier.source_sheet, taken.source_sheet)
            = taken.source_sheet
            and earlier.source_row = taken.source_row
    where earlier.source_row is null or taken.batch_id is not null
),

redelivered as (
    select
        earlier.night as put_away_night,
        earlier.batch_id,
        earlier.source_sheet,
        earlier.source_row,
        'mended' as how,
        batch.batch_id as by_batch,
        5 as priority,
        null::varchar as name_taken
    from earlier
    inner join batch
        on
            earlier.department = batch.department
            and earlier.source_file = batch.source_file
            and coalesce(earlier.dataset, batch.dataset) = batch.dataset
    where earlier.source_row is null
),

superseded as (
    select
        earlier.night as put_away_night,
        earlier.batch_id,
        earlier.source_sheet,
        earlier.source_row,
        'superseded' as how,
        batch.batch_id as by_batch,
        6 as priority,
        null::varchar as name_taken
    from earlier
    inner join batch
        on
            earlier.department = batch.department
            and earlier.dataset = batch.dataset
            and batch.is_full
            and batch.again is null
    where
        not exists (
            select 1
            from tonight
            where
                tonight.department = earlier.department
                and tonight.dataset = earlier.dataset
                and tonight.record_id = earlier.record_id
        )
),

renamed as (
    select
        line.night as put_away_night,
        line.batch_id,
        line.source_sheet,
        line.source_row,
        'mended' as how,
        batch.batch_id as by_batch,
        7 as priority,
        taken.enterprise_name as name_taken
    from line
    inner join taken
        on
            line.record_key = taken.record_key
            and line.batch_id <> taken.batch_id
    inner join batch
        on
            taken.batch_id = batch.batch_id
            and line.department = batch.department
            and line.dataset = batch.dataset
    where
        line.is_subject_wrong
        and line.record_key <> ''
        and not starts_with(line.record_key, '|')
        and not ends_with(line.record_key, '|')
        and not contains(line.record_key, '||')
),

every_way as (
    select * from again
    union all
    select * from renewed
    union all
    select * from mended
    union all
    select * from answered
    union all
    select * from redelivered
    union all
    select * from superseded
    union all
    select * from renamed
)

select distinct
    every_way.put_away_night,
    every_way.batch_id,
    every_way.source_sheet,
    every_way.source_row,
    line.department,
    line.dataset,
    line.enterprise_name,
    every_way.how,
    every_way.by_batch,
    every_way.priority,
    every_way.name_taken,
    every_way.priority = 7 as is_same_name_needed
from every_way
inner join line
    on
        every_way.put_away_night = line.night
        and every_way.batch_id = line.batch_id
        and every_way.source_sheet is not distinct from line.source_sheet
        and every_way.source_row is not distinct from line.source_row
