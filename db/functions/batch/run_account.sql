-- The account that a run of an import or export works as: the one given, that of the definition, or
-- the session's.
--
-- A definition lends nobody a right that passes row security: whoever may define models would
-- have the server through a runner that may take a superuser on.

create or replace function batch.run_account(p_account text, p_definition jsonb)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account constant text := coalesce(p_account, p_definition ->> 'account');
begin
  if p_account is null and exists (
    select
    from pg_roles as r
    where r.rolname = v_account and r.rolname <> session_user
      and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication)
  ) then
    raise exception 'the account "%" of the definition passes row security or makes roles', v_account
      using errcode = 'PG982', hint = 'Name an account that has its rights by a role in "account".';
  end if;

  return coalesce(v_account, access.current_account());
end;
$$;

comment on function batch.run_account(text, jsonb) is
'Login that a run works as. Raises PG982 for a definition that names a superuser or the like.';

revoke all on function batch.run_account(text, jsonb) from public;
