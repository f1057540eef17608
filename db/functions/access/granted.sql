-- The privileges that group roles have on these relations, in the form of wanted_grants().
--
-- Group roles are known by their mark: in a copied database those of the original show up
-- here too, are wanted nowhere, and go.

create or replace function access.granted(p_relations oid[])
returns table (relation oid, column_name name, privilege text, group_name text)
language sql
stable
begin atomic
  with listed as (
    select
      c.oid,
      null::name as attname,
      c.relacl as acl
    from pg_catalog.pg_class as c
    where c.oid = any(p_relations)
    union all
    select
      a.attrelid,
      a.attname,
      a.attacl
    from pg_catalog.pg_attribute as a
    where a.attrelid = any(p_relations) and a.attnum > 0 and a.attacl is not null
  )

  select
    l.oid,
    l.attname,
    x.privilege_type,
    r.rolname::text
  from listed as l
  cross join lateral aclexplode(l.acl) as x
  inner join pg_catalog.pg_roles as r on x.grantee = r.oid
  where shobj_description(r.oid, 'pg_authid') like 'pgears role %';
end;

comment on function access.granted(oid[]) is 'Privileges that group roles of roles have on these relations.';

revoke all on function access.granted(oid[]) from public;
