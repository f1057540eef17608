-- Refuse logins that belong to PostgreSQL or to pgears itself.

create or replace function access.check_login(p_login text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_login is null or octet_length(p_login) not between 1 and 63 then
    raise exception 'a login has 1 to 63 bytes, "%" has not', coalesce(p_login, '')
      using errcode = 'PG906', hint = 'Choose another login.';
  end if;

  if p_login like 'pg\_%' or p_login in ('public', 'none', 'pgears_admin', 'pgears_runner', 'pgears_web', 'pgears_peer')
    or exists (
      select
      from pg_roles as r
      where r.rolname = p_login and shobj_description(r.oid, 'pg_authid') similar to 'pgears (role|accounts) %'
    )
  then
    raise exception '"%" cannot be an account', p_login
      using errcode = 'PG906', hint = 'Roles of PostgreSQL and pgears itself, and the group roles of roles, are not accounts.';
  end if;
end;
$$;

comment on function access.check_login(text) is 'Raise PG906 for a login that no account can have.';

revoke all on function access.check_login(text) from public;
