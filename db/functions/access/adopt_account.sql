-- Make an existing PostgreSQL role an account; the role itself stays as it is.
-- requires: access.ensure_account

create or replace function access.adopt_account(p_login text, p_full_name text default null, p_email text default null)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing access.account to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform access.lock();
  perform access.check_login(p_login);
  v_id := access.ensure_account(p_login, p_full_name, p_email);

  update access.account as a
  set can_login = r.rolcanlogin
  from pg_roles as r
  where a.id = v_id and a.enabled and r.rolname = p_login;

  perform access.lend_account(p_login);
  return v_id;
end;
$$;

comment on function access.adopt_account(text, text, text) is
'Account number of a PostgreSQL role that was there before. Raises PG901 (no such role), PG906 (not possible).';

revoke all on function access.adopt_account(text, text, text) from public;
grant execute on function access.adopt_account(text, text, text) to pgears_admin;
