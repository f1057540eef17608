-- Find a role by its code.

create or replace function access.find_role(p_code text)
returns access.role
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role access.role;
begin
  select r.* into v_role from access.role as r where r.code = p_code;

  if not found then
    raise exception 'there is no role "%"', p_code
      using errcode = 'PG908', hint = 'Roles are made by model files, or with access.set_role(); "pgears role list" shows them.';
  end if;

  return v_role;
end;
$$;

comment on function access.find_role(text) is 'Role of a code. Raises PG908 when there is none.';

revoke all on function access.find_role(text) from public;
