-- Who is meant by a name that a workflow gives: an account, a PostgreSQL role, or a role by code.
-- requires: access.group_name

create or replace function flow.person(p_name text)
returns text
language sql
stable
begin atomic
  select r.rolname::text
  from pg_catalog.pg_roles as r
  left join access.role as o on o.code = p_name
  where r.rolname = p_name or r.rolname = case when o.id is not null then access.group_name(o.code) end
  order by r.rolname <> p_name
  limit 1;
end;

comment on function flow.person(text) is 'PostgreSQL role of an account or role; an account goes before a role of the same code. Null for nobody.';

revoke all on function flow.person(text) from public;
