-- True when a role is a direct member of a group and gets its rights.
--
-- From PostgreSQL 16 on, who makes a role is its administrator without having its rights;
-- such a grant does not count. pg_has_role would: it is true of every superuser.

create or replace function access.belongs(p_login text, p_group text)
returns boolean
language sql
stable
begin atomic
  select count(*) > 0
  from pg_catalog.pg_auth_members as m
  inner join pg_catalog.pg_roles as g on m.roleid = g.oid
  inner join pg_catalog.pg_roles as r on m.member = r.oid
  where g.rolname = p_group and r.rolname = p_login
    and (to_jsonb(m) ->> 'inherit_option' = 'true' or to_jsonb(m) ->> 'set_option' = 'true' or not to_jsonb(m) ? 'set_option');
end;

comment on function access.belongs(text, text) is 'Whether a PostgreSQL role is a direct member of another and has its rights or may take it on.';

revoke all on function access.belongs(text, text) from public;
