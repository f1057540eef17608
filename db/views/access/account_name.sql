-- What a reference to a user shows as text: the full name, else the login.
--
-- Read with the owner's rights, so that API views show it to readers who may not read
-- accounts; roles and their names are public in PostgreSQL anyway.

create or replace view access.account_name as
select
  a.id,
  coalesce(a.full_name, a.login) as name
from access.account as a;

comment on view access.account_name is 'Account number and the name shown for it, readable by everybody through API views.';

grant select on access.account_name to public;
