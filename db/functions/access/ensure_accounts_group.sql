-- Make the group role of accounts where it is missing, and bring its members up to date.
-- requires: access.accounts_group access.lend_account

create or replace function access.ensure_accounts_group()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := access.accounts_group();
  v_mark constant text := format('pgears accounts of database %s', current_database());
begin
  if not exists (select from pg_roles as r where r.rolname = v_name) then
    execute format('create role %I nologin noinherit', v_name);
    execute format('comment on role %I is %L', v_name, v_mark);
  elsif exists (
    select
    from pg_roles as r
    where r.rolname = v_name
      and (r.rolcanlogin or r.rolsuper or r.rolinherit or shobj_description(r.oid, 'pg_authid') is distinct from v_mark)
  ) then
    raise exception 'the PostgreSQL role "%" is there already and is not this instance''s', v_name
      using errcode = 'PG902', hint = format('If nobody needs it: drop role %I', v_name);
  end if;

  perform access.lend_account(a.login) from access.account as a order by a.id;
end;
$$;

comment on function access.ensure_accounts_group() is
'Make the group role of accounts and lend it the accounts; part of each upgrade. Raises PG902.';

revoke all on function access.ensure_accounts_group() from public;
