-- The role that a request takes on, or an error that says why it may not.
--
-- The service asks in the statement that sets the role, so a suspended account and the
-- switch count from the next request on. The role for requests without a token need not be
-- an account. Nobody becomes a superuser by a token.
-- requires: access.accounts_group core.web_service

create or replace function web.admit(p_role text, p_anonymous boolean, p_door text default 'web')
returns text
language plpgsql
stable
security definer  -- lends: reading the switch and the state of accounts to the web service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_enabled boolean;
  v_super boolean;
begin
  if p_door = 'web' and not core.web_service() then
    raise exception 'the web service is switched off'
      using errcode = 'PG600', hint = 'An administrator switches it on with "pgears web on".';
  end if;

  select a.enabled into v_enabled from access.account as a where a.login = p_role;

  if not coalesce(v_enabled, true) then
    raise exception 'the account "%" is suspended', p_role
      using errcode = 'PG603', hint = 'An administrator resumes it with "pgears account resume".';
  end if;

  select r.rolsuper into v_super from pg_roles as r where r.rolname = p_role;

  if v_super is distinct from false or (v_enabled is null and not p_anonymous) then
    raise exception 'the role "%" is no account of the web service', p_role
      using errcode = 'PG602', hint = 'Name the login of an account that is no superuser in the role claim of the token.';
  end if;

  -- The login of the service, not the owner of this function, takes the role on.
  if not pg_has_role(session_user, p_role, 'member') then
    raise exception 'the web service may not act as "%"', p_role
      using errcode = 'PG981',
            hint = format('Accounts that administer are not lent to service logins; if this one is to be: grant %I to %I', p_role, access.accounts_group());
  end if;

  return p_role;
end;
$$;

comment on function web.admit(text, boolean, text) is
'The role itself. Raises PG600 (switched off), PG602 (no account), PG603 (suspended), PG981 (not lent to the login).';

revoke all on function web.admit(text, boolean, text) from public;
grant execute on function web.admit(text, boolean, text) to pgears_admin, pgears_web;
