-- Make the login of a runner or of a web service, with no more rights than it needs.
--
-- A password comes as a SCRAM verifier, as in access.create_account().
-- requires: access.accounts_group access.check_login access.check_verifier access.ensure_accounts_group access.lock

create or replace function access.create_service(p_login text, p_kind text, p_verifier text default null)
returns void
language plpgsql
volatile
security definer  -- lends: making roles and granting the service roles to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform access.lock();
  perform access.check_login(p_login);

  if p_kind is null or p_kind not in ('runner', 'web') then
    raise exception 'there is no process of the kind "%"', coalesce(p_kind, '')
      using errcode = 'PG980', hint = 'A service login is for a runner or for the web service: runner, web.';
  end if;

  perform access.check_verifier(p_verifier, 'pgears account service');

  if exists (select from pg_roles as r where r.rolname = p_login) then
    raise exception 'there is a PostgreSQL role "%" already', p_login
      using errcode = 'PG903', hint = 'Choose another name; a service login is made for its process alone.';
  end if;

  perform access.ensure_accounts_group();
  execute format(
    'create role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls %s',
    p_login, 'password ' || quote_literal(p_verifier)
  );
  execute format('grant %I to %I', 'pgears_' || p_kind, p_login);
  execute format('grant %I to %I', access.accounts_group(), p_login);
end;
$$;

comment on function access.create_service(text, text, text) is
'Make the login of a runner ("runner") or web service ("web"). Raises PG903 (role exists), PG905 (not a verifier), PG906 (not possible), PG980 (kind).';

revoke all on function access.create_service(text, text, text) from public;
grant execute on function access.create_service(text, text, text) to pgears_admin;
