-- Name of the group role through which service logins take on accounts: <database>:accounts.
--
-- No role of ours can have that name: the code of a role holds no colon, and follows a dot.

create or replace function access.accounts_group()
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := current_database() || ':accounts';
begin
  if octet_length(v_name) > 63 then
    raise exception 'the group role "%" would have a name of % bytes, 63 are possible', v_name, octet_length(v_name)
      using errcode = 'PG103', hint = 'Give the database a shorter name.';
  end if;

  return v_name;
end;
$$;

comment on function access.accounts_group() is
'Name of the PostgreSQL role whose members may take on the accounts of this instance. Raises PG103.';

revoke all on function access.accounts_group() from public;
grant execute on function access.accounts_group() to pgears_admin, pgears_runner, pgears_web;
