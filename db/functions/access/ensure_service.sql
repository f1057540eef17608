-- Make the login of a runner or of a web service where it is missing, else give it this password.
--
-- So that an installation by a program can be done again, and passwords change in one place: the
-- file that the process reads. Only a login that access.create_service() made for this kind of
-- process is touched, and only without privileges of its own.
-- requires: access.accounts_group access.check_verifier access.create_service access.lock

create or replace function access.ensure_service(p_login text, p_kind text, p_verifier text default null)
returns boolean
language plpgsql
volatile
security definer  -- lends: setting passwords of service logins to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform access.lock();
  perform access.check_verifier(p_verifier, 'pgears init --service');

  if not exists (
    select
    from pg_roles as r
    where r.rolname = p_login
      and r.rolcanlogin
      and not (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls)
      and (
        select array_agg(g.rolname::text)
        from pg_auth_members as m
        inner join pg_roles as g on m.roleid = g.oid
        where m.member = r.oid
      ) operator(pg_catalog.@>) array['pgears_' || p_kind, access.accounts_group()]
  ) then
    perform access.create_service(p_login, p_kind, p_verifier);
    return true;
  end if;

  if p_verifier is not null then
    execute format('alter role %I password %L', p_login, p_verifier);
  end if;
  return false;
end;
$$;

comment on function access.ensure_service(text, text, text) is
'Whether the login of a runner ("runner") or web service ("web") had to be made; one that is there is given the password. Raises PG903 (another role has the name), PG905 (not a verifier), PG906 (not possible), PG980 (kind).';

revoke all on function access.ensure_service(text, text, text) from public;
grant execute on function access.ensure_service(text, text, text) to pgears_admin;
