-- Changes of state that were delivered after their due day (变更迟报): removals from
-- lists, lifted measures, payments, each on a day of its own.
--
-- Grain:      one row per record and clock that was missed.
-- Reads:      judged (current versions of the records to be judged), history;
--             change_due_days (when each clock runs out, per dataset, clock and day)
-- Leaves out: revoked records; changes of before the entry was in force, which have no
--             due day; days that a later version no longer states.
-- Parameters: $night (date of judgement)
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十二条; 阳府〔2018〕60号
--             第十一条

with changed as not materialized (
    select
        record_id,
        dataset,
        owner,
        uscc,
        produced_on,
        $night::date as night,
        timezone('Asia/Shanghai', received_at)::date as received_on
    from judged
    where operation <> 'revoke' and produced_on <> event_on
),

-- A change whose current version was in time was in time.
clocked as (
    select
        changed.*,
        change_due_days.clock,
        change_due_days.kind,
        change_due_days.due_on,
        change_due_days.provisional,
        change_due_days.responsible,
        change_due_days.clause
    from changed
    inner join change_due_days
        on
            changed.dataset = change_due_days.dataset
            and changed.produced_on = change_due_days.event_on
    where changed.received_on > change_due_days.due_on
),

known as not materialized (
    select
        record_id,
        produced_on,
        received_at,
        batch_id
    from history
    where merged_night <= $night and operation <> 'revoke'
),

first_stated as (
    select
        known.record_id,
        timezone('Asia/Shanghai', min(known.received_at))::date as received_on,
        arg_min(known.batch_id, (known.received_at, known.batch_id)) as batch_id
    from known
    semi join clocked
        on
            known.record_id = clocked.record_id
            and known.produced_on = clocked.produced_on
    group by known.record_id
)

select
    clocked.night,
    clocked.clock,
    clocked.kind,
    clocked.owner as department,
    clocked.dataset,
    clocked.record_id,
    clocked.uscc,
    first_stated.batch_id,
    clocked.produced_on as event_on,
    clocked.due_on,
    first_stated.received_on as done_on,
    clocked.provisional,
    clocked.responsible,
    clocked.clause
from clocked
inner join first_stated on clocked.record_id = first_stated.record_id
where first_stated.received_on > clocked.due_on
