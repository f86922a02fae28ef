-- Full deliveries that lack a record which their department has in the warehouse.
--
-- Grain:      one row per delivery.
-- Reads:      delivery, incoming (accepted rows of full deliveries, none put away),
--             current (versions held)
-- Leaves out: revoked records, which a full delivery does not have to hold.
-- Source:     阳府〔2018〕60号 第十一条 (撤销)

select distinct delivery.batch_id
from delivery
inner join current
    on delivery.owner = current.owner and current.operation <> 'revoke'
where not exists (
    select 1
    from incoming
    where
        incoming.batch_id = delivery.batch_id
        and incoming.record_id = current.record_id
)
