-- Rows whose name is not one under which their credit code is known.
--
-- Grain:      one row per accepted row.
-- Reads:      incoming (accepted rows of data other than registrations), flagged (rows
--             of which the checks say so), registration_name (codes and names that are
--             registered tonight)
-- Leaves out: rows without a code or a name; rows that revoke.
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (比对、校核)

select
    incoming.batch_id,
    incoming.row_id,
    incoming.uscc,
    incoming.enterprise_name
from incoming
left join flagged
    on
        incoming.batch_id = flagged.batch_id
        and incoming.source_sheet is not distinct from flagged.source_sheet
        and incoming.source_row = flagged.source_row
left join registration_name
    on
        incoming.uscc = registration_name.uscc
        and incoming.enterprise_name = registration_name.enterprise_name
where
    incoming.uscc is not null
    and incoming.enterprise_name is not null
    and incoming.operation <> 'revoke'
    and registration_name.uscc is null
    and (
        flagged.batch_id is not null
        or incoming.uscc in (
            select tonight.uscc
            from registration_name as tonight
        )
    )
order by incoming.batch_id, incoming.row_id
