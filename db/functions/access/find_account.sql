-- Find an account by its login.

create or replace function access.find_account(p_login text)
returns access.account
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account access.account;
begin
  select a.* into v_account from access.account as a where a.login = p_login;

  if not found then
    raise exception 'there is no account "%"', p_login
      using errcode = 'PG907', hint = 'Make it with access.create_account(), or adopt a PostgreSQL role with access.adopt_account().';
  end if;

  return v_account;
end;
$$;

comment on function access.find_account(text) is 'Account of a login. Raises PG907 when there is none.';

revoke all on function access.find_account(text) from public;
