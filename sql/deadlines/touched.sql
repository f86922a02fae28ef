-- Records whose missed deadlines may differ from those of an earlier night: what was
-- merged since, what is shown or no longer shown, and what fell due.
--
-- Grain:      one row per record.
-- Reads:      history; records; republished (records shown otherwise since);
--             newly_due (days of events whose publication ran out in between)
-- Leaves out: of those that fell due: revoked records, and those that the last release
--             has judged.
-- Parameters: $since (last night whose versions the earlier night knew),
--             $released_night (last night released by both nights, null: none)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十二条

with awaited as (
    select
        record_id,
        dataset,
        event_on
    from records
    where
        operation <> 'revoke'
        and merged_night <= $since
        and (
            $released_night::date is null
            or merged_night > $released_night::date
        )
)

select record_id
from history
where merged_night > $since
union
select record_id
from republished
union
select awaited.record_id
from awaited
semi join newly_due
    on
        awaited.dataset = newly_due.dataset
        and awaited.event_on = newly_due.event_on
