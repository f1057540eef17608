-- Refuse accounts that do not inherit from their groups, where PostgreSQL has no other way.
--
-- From 16 on, a grant says itself that it is inherited.

create or replace function access.check_inherits(p_login text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('server_version_num')::integer < 160000
    and exists (select from pg_roles as r where r.rolname = p_login and not r.rolinherit)
  then
    raise exception 'the PostgreSQL role "%" does not inherit rights', p_login
      using errcode = 'PG918', hint = format('Change it: alter role %I inherit', p_login);
  end if;
end;
$$;

comment on function access.check_inherits(text) is 'Raise PG918 when a role was made with noinherit and the server is older than 16.';

revoke all on function access.check_inherits(text) from public;
