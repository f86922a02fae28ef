-- Records whose missed deadlines may differ from those of an earlier night: what was
-- merged since, what is shown or no longer shown, and what fell due.
--
-- Grain:      one row per record; `is_due_alone`: nothing but its deadline is new.
-- Reads:      history; records; republished (records shown otherwise since);
--             newly_due (days of events whose publication ran out in between)
-- Leaves out: of those that fell due: revoked records, and those that the last release
--             has judged.
-- Parameters: $since (last night whose versions the earlier night knew),
--             $released_night (last night released by both nights, null: none),
--             $first_event, $last_event (first and last day of newly_due, null: none):
--             a scan skips what lies outside before it reads anything else
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十二条

with awaited as (
    select
        record_id,
        dataset,
        event_on
    from records
    where
        event_on between $first_event::date and $last_event::date
        and operation <> 'revoke'
        and merged_night <= $since
        and (
            $released_night::date is null
            or merged_night > $released_night::date
        )
),

reasons as (
    select
        record_id,
        false as is_due
    from history
    where merged_night > $since
    union all
    select
        record_id,
        false as is_due
    from republished
    union all
    select
        awaited.record_id,
        true as is_due
    from awaited
    semi join newly_due
        on
            awaited.dataset = newly_due.dataset
            and awaited.event_on = newly_due.event_on
)

select
    record_id,
    bool_and(is_due) as is_due_alone
from reasons
group by record_id
