-- Let service logins take on an account, or no longer.
--
-- The group between them inherits nothing: a service login has no right of an account until it
-- says "set role". An adopted account that only a superuser may grant stays out; access.findings
-- tells so.
-- requires: access.accounts_group access.belongs access.lendable

create or replace function access.lend_account(p_login text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_group constant text := access.accounts_group();
  v_wanted constant boolean := access.lendable(p_login);
begin
  if not exists (select from pg_roles as r where r.rolname = v_group)
    or not exists (select from pg_roles as r where r.rolname = p_login)
    or access.belongs(v_group, p_login) = v_wanted
    or (v_wanted and pg_has_role(p_login, v_group, 'member'))
  then
    return;
  end if;

  if v_wanted then
    execute format(
      'grant %I to %I%s', p_login, v_group,
      case when current_setting('server_version_num')::integer >= 160000 then ' with inherit false, set true' else '' end
    );
  else
    execute format('revoke %I from %I', p_login, v_group);
  end if;
exception
  when insufficient_privilege then
    raise notice 'service logins cannot be given the account "%"', p_login
      using hint = format('Let a superuser run: grant %I to %I', p_login, v_group);
end;
$$;

comment on function access.lend_account(text) is
'Bring the membership of the group of accounts to what access.lendable() says of an account.';

revoke all on function access.lend_account(text) from public;
