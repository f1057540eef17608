-- Policies that rights ask for and that are not there: somebody dropped them by hand.
-- requires: access.wanted_policies

create or replace function access.missing_policies()
returns table (relation regclass, name text)
language sql
stable
security definer  -- lends: reading rights and structures to administrators and the runner
set search_path = pg_catalog, pg_temp
begin atomic
  select w.relation, w.name
  from access.wanted_policies(array(select c.id from meta.class as c)) as w
  where not exists (select from pg_catalog.pg_policy as p where p.polrelid = w.relation and p.polname = w.name)
  order by w.relation, w.name;
end;

comment on function access.missing_policies() is 'Generated policies that are missing on class tables, archives, links or files.';

revoke all on function access.missing_policies() from public;
grant execute on function access.missing_policies() to pgears_admin, pgears_runner;
