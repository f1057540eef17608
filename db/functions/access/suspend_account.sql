-- Suspend an account: it logs in no more and has no rights; what it had is kept.
--
-- Works for roles without login too, which the web service takes on: all group roles are
-- taken away. Sessions that are open lose their rights with their next statement.

create or replace function access.suspend_account(p_login text)
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
  perform access.check_login(p_login);
  v_account := access.find_account(p_login);

  if not v_account.enabled then
    return;
  end if;

  perform access.note_memberships(v_account.id);

  update access.account as a
  set enabled = false,
      can_login = coalesce((select r.rolcanlogin from pg_roles as r where r.rolname = p_login), a.can_login)
  where a.id = v_account.id;

  if exists (select from pg_roles as r where r.rolname = p_login and r.rolcanlogin) then
    execute format('alter role %I nologin', p_login);
  end if;

  perform access.apply_memberships(v_account.id);
  perform access.lend_account(p_login);
end;
$$;

comment on function access.suspend_account(text) is
'Take login and roles of an account away until access.resume_account(). Raises PG906, PG907, PG909.';

revoke all on function access.suspend_account(text) from public;
grant execute on function access.suspend_account(text) to pgears_admin;
