-- An account that reads one view and nothing else: PostgreSQL (and 人大金仓).
-- Run by the department's administrator in the database that holds the table.
-- Give a password of your own; the platform keeps it in its connection, nowhere else.

create role credit_reader login password 'change-me' connection limit 2;
alter role credit_reader set default_transaction_read_only = on;
alter role credit_reader set statement_timeout = '30min';
alter role credit_reader set lock_timeout = '5s';
alter role credit_reader set idle_in_transaction_session_timeout = '5min';

create schema share;

-- security_barrier: no function of the reader sees a row before the filter
create view share.penalty with (security_barrier) as
select
    punished_name as cf_xdr_mc,
    punished_code as cf_xdr_shxym,
    decision_no as cf_wsh,
    decided_on as cf_jdrq,
    fine as cf_fk,
    updated_at
from penalty_decision
where not is_draft;

grant usage on schema share to credit_reader;
grant select on share.penalty to credit_reader;
