-- Give a suspended account back its login and its roles.

create or replace function access.resume_account(p_login text)
returns void
language plpgsql
volatile
security definer  -- lends: changing roles and memberships to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account access.account;
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  perform access.check_alive(p_login);

  if v_account.enabled then
    return;
  end if;

  update access.account as a set enabled = true where a.id = v_account.id;

  if v_account.can_login then
    execute format('alter role %I login', p_login);
  end if;

  perform access.apply_memberships(v_account.id);
  perform access.lend_account(p_login);
end;
$$;

comment on function access.resume_account(text) is 'End the suspension of an account. Raises PG904, PG907.';

revoke all on function access.resume_account(text) from public;
grant execute on function access.resume_account(text) to pgears_admin;
