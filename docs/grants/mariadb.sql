-- An account that reads one view and nothing else: MariaDB (MySQL: leave out
-- max_statement_time). Run by the department's administrator in the database that
-- holds the table. Give a password of your own, and the platform's address for '%'.

create user 'credit_reader'@'%' identified by 'change-me'
with max_user_connections 2 max_statement_time 1800;

-- the view reads with its owner's rights, so the reader needs none on the table
create sql security definer view share_penalty as
select
    punished_name as cf_xdr_mc,
    punished_code as cf_xdr_shxym,
    decision_no as cf_wsh,
    decided_on as cf_jdrq,
    fine as cf_fk,
    updated_at
from penalty_decision
where not is_draft;

grant select on share_penalty to 'credit_reader'@'%';
