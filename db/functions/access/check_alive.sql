-- Refuse to work on an account whose PostgreSQL role was dropped.

create or replace function access.check_alive(p_login text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pg_roles as r where r.rolname = p_login) then
    raise exception 'the PostgreSQL role of account "%" was dropped', p_login
      using errcode = 'PG904', hint = 'Make it again with access.create_account(): the account keeps its number and starts without roles.';
  end if;
end;
$$;

comment on function access.check_alive(text) is 'Raise PG904 when an account has no PostgreSQL role any more.';

revoke all on function access.check_alive(text) from public;
