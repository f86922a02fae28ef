-- What becomes of each incoming row: new, changed, revoked, unchanged or late.
--
-- A row is compared with the one before it: the row of the same night that comes
-- before it, else the current version. Equal content changes nothing. A row that is
-- older than the current version is late: it becomes history and nothing else.
--
-- Grain:      one row per incoming row.
-- Reads:      placed, seen
-- Leaves out: nothing.
-- Source:     阳府〔2018〕60号 第十一条 (变更、撤销); 贵州省企业公共信用信息平台
--             运行管理规则 第十六条 (a correction leaves a trace)

with followed as (
    select
        batch_id,
        row_id,
        coalesce(
            lag(content_number) over (
                partition by record_number, record_rest, is_late
                order by
                    produced_on nulls first, received_at, batch_id,
                    source_sheet nulls first, source_row nulls first, row_id
            ),
            case when not is_late then latest_number end
        ) as number_before
    from placed
    where not is_alone
),

compared as (
    select
        placed.batch_id,
        placed.row_id,
        placed.record_number,
        placed.record_rest,
        placed.operation,
        placed.produced_on,
        placed.content_number,
        placed.is_late,
        case
            when not placed.is_alone then followed.number_before
            when not placed.is_late then placed.latest_number
        end as number_before
    from placed
    left join followed
        on
            placed.batch_id = followed.batch_id
            and placed.row_id = followed.row_id
)

select
    compared.batch_id,
    compared.row_id,
    compared.record_number,
    compared.record_rest,
    case
        when compared.content_number = compared.number_before then 'unchanged'
        when compared.is_late and seen.record_number is not null then 'unchanged'
        when compared.is_late then 'late'
        when compared.operation = 'revoke' then 'revoked'
        when compared.number_before is null then 'new'
        else 'changed'
    end as outcome
from compared
left join seen
    on
        compared.record_number = seen.record_number
        and compared.record_rest = seen.record_rest
        and compared.content_number = seen.content_number
        and compared.produced_on is not distinct from seen.produced_on
