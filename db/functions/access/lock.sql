-- Put changes of accounts, roles and rights in line.
--
-- PostgreSQL answers two grants on one object at once with an error; so they wait here.

create or replace function access.lock()
returns void
language sql
volatile
begin atomic
  select pg_advisory_xact_lock(hashtext('pgears.access'));
end;

comment on function access.lock() is 'Wait until no other transaction changes accounts, roles or rights.';

revoke all on function access.lock() from public;
