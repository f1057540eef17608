-- Name of the group role that stands for a role: <database>.<code>.
--
-- The database's name keeps instances of one server apart.

create or replace function access.group_name(p_code text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := current_database() || '.' || p_code;
begin
  if p_code is null or p_code !~ '^[a-z][a-z0-9_-]*$' then
    raise exception 'role code "%" is not valid', p_code
      using errcode = 'PG101', hint = 'A code begins with a letter a-z and goes on with a-z, 0-9, "_" or "-".';
  end if;

  if octet_length(v_name) > 63 then
    raise exception 'the group role "%" would have a name of % bytes, 63 are possible', v_name, octet_length(v_name)
      using errcode = 'PG103', hint = 'Choose a shorter code for the role.';
  end if;

  return v_name;
end;
$$;

comment on function access.group_name(text) is
'Name of the PostgreSQL role whose members have the role. Raises PG101 (form), PG103 (too long).';

revoke all on function access.group_name(text) from public;
grant execute on function access.group_name(text) to pgears_admin, pgears_runner;
