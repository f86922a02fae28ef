-- The accepted rows of a night that may close a line of the quarantine.
--
-- Grain:      one row per accepted row.
-- Reads:      typed (parsed rows of one dataset), batch, bad, line (open lines)
-- Leaves out: rows with a critical finding; rows of records and of record keys of
--             which no line is open, unless their delivery answers a returned workbook
--             or comes again.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条

select
    typed.batch_id,
    typed.source_sheet,
    typed.source_row,
    typed.record_id,
    typed.record_key,
    typed.enterprise_name
from typed
inner join batch on typed.batch_id = batch.batch_id
where
    (
        batch.again is not null
        or batch.answers is not null
        or typed.record_id in (
            select line.record_id
            from line
            where line.record_id is not null
        )
        or typed.record_key in (
            select line.record_key
            from line
            where line.record_key is not null and line.is_subject_wrong
        )
    )
    and not exists (
        select 1
        from bad
        where bad.batch_id = typed.batch_id and bad.row_id = typed.row_id
    )
