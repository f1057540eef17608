-- Map a group of a directory, by its exact name, to a role; or end the mapping.

create or replace function access.set_outside_group(p_name text, p_role text, p_mapped boolean default true)
returns void
language plpgsql
volatile
security definer  -- lends: writing access.outside_group to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role constant access.role := access.find_role(p_role);
begin
  perform access.lock();

  if p_mapped then
    insert into access.outside_group as o (name, role_id)
    values (p_name, v_role.id)
    on conflict (name, role_id) do nothing;
  else
    delete from access.outside_group as o where o.name = p_name and o.role_id = v_role.id;
  end if;
end;
$$;

comment on function access.set_outside_group(text, text, boolean) is
'Map an outside group to a role (false: no longer). Accounts follow with access.sync_groups(). Raises PG908.';

revoke all on function access.set_outside_group(text, text, boolean) from public;
grant execute on function access.set_outside_group(text, text, boolean) to pgears_admin;
