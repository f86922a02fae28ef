-- Rows of a night whose record another file of the night states otherwise.
--
-- The last arrival whose files agree decides. Files that arrived after it together and
-- disagree are contradicted; files that arrived before it are overruled.
--
-- Grain:      one row per accepted row of a record that is stated differently.
-- Reads:      incoming (accepted rows of the night's files)
-- Leaves out: records that all files of the night state alike; rows that state what
--             the deciding file states, other than that file's own.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条 (a correction leaves a
--             trace)

with different as (
    select
        dataset,
        record_id
    from incoming
    group by dataset, record_id
    having
        min(batch_id) <> max(batch_id)
        and min(content_hash) <> max(content_hash)
),

stated as (
    select incoming.*
    from incoming
    inner join different
        on
            incoming.dataset = different.dataset
            and incoming.record_id = different.record_id
),

arrival as (
    select
        record_id,
        received_at,
        min(content_hash) as content_hash,
        min(content_hash) = max(content_hash) as is_agreed
    from stated
    group by record_id, received_at
),

deciding as (
    select
        record_id,
        max(received_at) as received_at,
        max_by(content_hash, received_at) as content_hash
    from arrival
    where is_agreed
    group by record_id
),

roles as (
    select
        stated.*,
        case
            when
                deciding.record_id is null
                or stated.received_at > deciding.received_at
                then 'contradicted'
            when stated.received_at = deciding.received_at then 'overrules'
            when stated.content_hash <> deciding.content_hash then 'overruled'
        end as finding
    from stated
    left join deciding on stated.record_id = deciding.record_id
),

paired as (
    select
        roles.batch_id,
        roles.row_id,
        roles.finding,
        other.batch_id as other_batch,
        other.source_file as other_file,
        other.source_sheet as other_sheet,
        other.source_row as other_row,
        other.received_at as other_received_at,
        row_number() over (
            partition by roles.batch_id, roles.row_id
            order by
                other.received_at desc, other.batch_id asc, other.source_row asc,
                other.row_id asc
        ) as place_in_row
    from roles
    inner join roles as other
        on
            roles.record_id = other.record_id
            and roles.batch_id <> other.batch_id
            and roles.content_hash <> other.content_hash
            and case
                when roles.finding = 'contradicted' then other.finding = 'contradicted'
                when roles.finding = 'overruled' then other.finding = 'overrules'
                when roles.finding = 'overrules' then other.finding = 'overruled'
            end
)

select
    batch_id,
    row_id,
    finding,
    other_batch,
    other_file,
    other_sheet,
    other_row,
    other_received_at
from paired
where place_in_row = 1
