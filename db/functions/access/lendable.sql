-- Whether service logins may take on an account: it exists, is not suspended, and could not
-- change rights, roles or the server.
--
-- Whoever holds the login of a web service can act as everybody it may take on; so those who
-- could do more than read and write rows are left out.

create or replace function access.lendable(p_login text)
returns boolean
language sql
stable
begin atomic
  select count(*) > 0
  from pg_catalog.pg_roles as r
  inner join access.account as a on r.rolname = a.login
  where r.rolname = p_login and a.enabled
    and not (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls)
    and not exists (
      select
      from pg_catalog.pg_roles as g
      where (g.rolsuper or g.rolcreaterole or g.rolbypassrls or g.rolname like 'pg\_%' or g.rolname like 'pgears\_%')
        and pg_has_role(r.oid, g.oid, 'member')
    )
    and not pg_has_role(r.oid, (select d.datdba from pg_catalog.pg_database as d where d.datname = current_database()), 'member');
end;

comment on function access.lendable(text) is
'True for an enabled account without rights over roles, definitions or the server: one that service logins may take on.';

revoke all on function access.lendable(text) from public;
grant execute on function access.lendable(text) to pgears_admin;
