-- Rows checked again whose record another waiting row states otherwise.
--
-- Grain:      one row per row that is checked again.
-- Reads:      incoming (rows of earlier deliveries that come again), waiting (lines
--             still open), pair_rule (rules that hold two rows back because of one
--             another: id and kind)
-- Leaves out: rows whose counterpart comes again as well, or does not wait any more.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第十六条

select
    incoming.batch_id,
    incoming.row_id,
    min(pair_rule.kind) as kind
from incoming
inner join waiting
    on
        incoming.record_id = waiting.record_id
        and incoming.batch_id <> waiting.batch_id
inner join pair_rule on list_contains(waiting.rules, pair_rule.rule_id)
where
    not exists (
        select 1
        from incoming as other
        where
            other.record_id = waiting.record_id
            and other.batch_id = waiting.batch_id
    )
group by incoming.batch_id, incoming.row_id
