-- Make an account: a PostgreSQL role that may log in, or one that others take on.
--
-- A password comes as a SCRAM verifier, so that it is never in a statement, a log or a
-- list of processes; psql's \password and "pgears account create" compute it. An account
-- whose PostgreSQL role was dropped gets a new one, keeps its number and starts without roles.
-- requires: access.check_verifier

create or replace function access.create_account(
  p_login text,
  p_can_login boolean default true,
  p_full_name text default null,
  p_email text default null,
  p_verifier text default null,
  p_language text default null
)
returns bigint
language plpgsql
volatile
security definer  -- lends: making roles and writing access.account to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform access.lock();
  perform access.check_login(p_login);

  perform access.check_verifier(p_verifier, 'pgears account create');

  if exists (select from access.account as a inner join pg_roles as r on a.login = r.rolname where a.login = p_login) then
    raise exception 'there is an account "%" already', p_login
      using errcode = 'PG903', hint = '"pgears account list" shows it; psql''s \password gives it another password.';
  elsif exists (select from pg_roles as r where r.rolname = p_login) then
    raise exception 'there is a PostgreSQL role "%" already', p_login
      using errcode = 'PG903', hint = 'Make it an account with access.adopt_account().';
  end if;

  execute format(
    'create role %I %s %s',
    p_login,
    case when p_can_login then 'login' else 'nologin' end,
    'password ' || quote_literal(p_verifier)
  );

  insert into access.account as a (login, full_name, email, language, can_login)
  values (p_login, p_full_name, p_email, p_language, p_can_login)
  on conflict (login) do update
  set full_name = coalesce(excluded.full_name, a.full_name),
      email = coalesce(excluded.email, a.email),
      language = coalesce(excluded.language, a.language),
      can_login = excluded.can_login,
      enabled = true
  returning a.id into v_id;

  delete from access.membership as m where m.account_id = v_id;
  perform access.lend_account(p_login);
  return v_id;
end;
$$;

comment on function access.create_account(text, boolean, text, text, text, text) is
'Number of a new account with its PostgreSQL role. Raises PG903 (role exists), PG905 (not a verifier), PG906 (not possible).';

revoke all on function access.create_account(text, boolean, text, text, text, text) from public;
grant execute on function access.create_account(text, boolean, text, text, text, text) to pgears_admin;
