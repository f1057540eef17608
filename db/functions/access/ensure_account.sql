-- Register a PostgreSQL role as an account, or find the account it already has.
--
-- Reference columns store the number that is given here; the role itself is neither
-- made nor changed.

create or replace function access.ensure_account(p_login text, p_full_name text default null, p_email text default null)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing access.account to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  if not exists (select from pg_roles as r where r.rolname = p_login) then
    raise exception 'there is no PostgreSQL role "%"', p_login
      using errcode = 'PG901', hint = 'Create the role first: create role ... login.';
  end if;

  insert into access.account as a (login, full_name, email)
  values (p_login, p_full_name, p_email)
  on conflict (login) do update
  set full_name = coalesce(excluded.full_name, a.full_name),
      email = coalesce(excluded.email, a.email)
  returning a.id into v_id;

  return v_id;
end;
$$;

comment on function access.ensure_account(text, text, text) is
'Account number of a PostgreSQL role, registered when it was not. Raises PG901 when there is no such role.';

revoke all on function access.ensure_account(text, text, text) from public;
grant execute on function access.ensure_account(text, text, text) to pgears_admin;
