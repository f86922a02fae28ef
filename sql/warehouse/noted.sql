-- Rows of a night that a department is told of, because they did not do what they say,
-- or did something that is seldom meant.
--
-- Grain:      one row per row of a batch.
-- Reads:      outcome, placed
-- Leaves out: rows that became current as never seen before, but those that restore a
--             record that is not held or bring a revoked one back; unchanged rows,
--             which are counted.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条 (a correction leaves a trace)

with chosen as (
    select
        outcome.batch_id,
        outcome.row_id,
        outcome.record_number,
        outcome.record_rest,
        case
            when outcome.outcome in ('late', 'superseded', 'returned', 'restored')
                then outcome.outcome
            when outcome.is_revived then 'revived'
            when outcome.outcome = 'new' and placed.is_restoring
                then 'nothing_to_restore'
        end as code
    from outcome
    inner join placed
        on
            outcome.batch_id = placed.batch_id
            and outcome.row_id = placed.row_id
)

select
    batch_id,
    row_id,
    record_number,
    record_rest,
    code
from chosen
where code is not null
