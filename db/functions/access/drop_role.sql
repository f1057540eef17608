-- Drop a role with its rights, its memberships and its group role.
-- requires: access.drop_role_model

create or replace function access.drop_role(p_code text)
returns void
language plpgsql
volatile
security definer  -- lends: dropping group roles to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role access.role;
  v_group text;
begin
  perform access.lock();
  v_role := access.find_role(p_code);
  v_group := access.group_name(p_code);

  perform access.drop_role_model(r.id)
  from access.role_model as r
  where r.role_id = v_role.id;

  delete from access.role as r where r.id = v_role.id;
  perform access.apply_rights('{}');

  if exists (select from pg_roles as r where r.rolname = v_group) then
    execute format('drop role %I', v_group);
  end if;

  -- As in access.apply_memberships(): open sessions make their plans anew.
  grant usage on schema api to pgears_admin;
end;
$$;

comment on function access.drop_role(text) is 'Drop a role. Raises PG908; PostgreSQL refuses while somebody has granted the group role something of his own.';

revoke all on function access.drop_role(text) from public;
grant execute on function access.drop_role(text) to pgears_admin;
