-- Make the group roles that are missing, as in a copied or restored database.
--
-- Their members must be granted again: who belonged to the original's roles does not
-- belong to the copy's.

create or replace function access.ensure_groups()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform access.ensure_group(r.code)
  from access.role as r
  where not exists (select from pg_roles as g where g.rolname = access.group_name(r.code));
end;
$$;

comment on function access.ensure_groups() is 'Make missing group roles of roles; part of each upgrade.';

revoke all on function access.ensure_groups() from public;
