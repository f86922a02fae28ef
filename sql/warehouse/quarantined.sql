-- Every row that was not merged, and what became of it since.
--
-- Grain:      one row per line of the quarantine.
-- Reads:      put_away (lines as they were stored), resolutions
-- Leaves out: nothing. A line that is still open has no `closed_night`.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条 (corrections are traced)

select
    put_away.*,  -- noqa: AM04
    resolutions.night as closed_night,
    resolutions.how as closed_how,
    resolutions.by_batch as closed_by
from put_away
left join resolutions
    on
        put_away.night = resolutions.put_away_night
        and put_away.batch_id = resolutions.batch_id
        and put_away.source_sheet is not distinct from resolutions.source_sheet
        and put_away.source_row is not distinct from resolutions.source_row
