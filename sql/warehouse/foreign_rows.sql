-- Incoming rows that claim a record which another department delivered.
--
-- Grain:      one row per batch that has such rows; none is expected.
-- Reads:      incoming, held
-- Leaves out: nothing.
-- Source:     贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条

select
    incoming.batch_id,
    count(*) as row_count
from incoming
inner join held
    on
        incoming.record_number = held.record_number
        and incoming.record_rest = held.record_rest
        and incoming.owner <> held.owner
group by incoming.batch_id
order by incoming.batch_id
