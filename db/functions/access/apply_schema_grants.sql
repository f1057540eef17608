-- Let group roles name what they may: API views everywhere, class tables with "tables: true".
-- requires: access.effective_right

create or replace function access.apply_schema_grants()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_statement text;
begin
  for v_statement in
    with wanted as (
      select 'api'::name as nspname, r.group_name from access.effective_right as r
      union
      select 'data', r.group_name from access.effective_right as r where r.tables
    ),

    granted as (
      select
        n.nspname,
        r.rolname::text as group_name
      from pg_namespace as n
      cross join lateral aclexplode(n.nspacl) as x
      inner join pg_roles as r on x.grantee = r.oid
      where n.nspname in ('api', 'data') and shobj_description(r.oid, 'pg_authid') like 'pgears role %'
    )

    select format('revoke usage on schema %I from %I', g.nspname, g.group_name)
    from (table granted except table wanted) as g
    union all
    select format('grant usage on schema %I to %I', w.nspname, w.group_name)
    from (table wanted except table granted) as w
  loop
    execute v_statement;
  end loop;
end;
$$;

comment on function access.apply_schema_grants() is 'Bring the usage of schemas api and data by group roles to what rights ask for.';

revoke all on function access.apply_schema_grants() from public;
