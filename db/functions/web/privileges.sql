-- What a role may do with what is exposed: the contract shows no more than that.
--
-- Privileges on single columns come as their names; null means all columns.

create or replace function web.privileges(p_role text, p_schema text)
returns table (
  id oid, is_function boolean, can_read boolean, can_insert boolean, can_update boolean, can_delete boolean,
  readable text[], insertable text[], updatable text[]
)
language sql
stable
security definer  -- lends: reading privileges of any role to the web service
begin atomic
  select
    c.oid,
    false,
    has_any_column_privilege(p_role, c.oid, 'SELECT'),
    has_any_column_privilege(p_role, c.oid, 'INSERT'),
    has_any_column_privilege(p_role, c.oid, 'UPDATE'),
    has_table_privilege(p_role, c.oid, 'DELETE'),
    s.readable,
    s.insertable,
    s.updatable
  from pg_class as c
  inner join pg_namespace as n on c.relnamespace = n.oid
  cross join lateral (
    select
      case
        when not has_table_privilege(p_role, c.oid, 'SELECT')
          then array_agg(a.attname::text order by a.attnum) filter (where has_column_privilege(p_role, c.oid, a.attnum, 'SELECT'))
      end as readable,
      case
        when not has_table_privilege(p_role, c.oid, 'INSERT')
          then array_agg(a.attname::text order by a.attnum) filter (where has_column_privilege(p_role, c.oid, a.attnum, 'INSERT'))
      end as insertable,
      case
        when not has_table_privilege(p_role, c.oid, 'UPDATE')
          then array_agg(a.attname::text order by a.attnum) filter (where has_column_privilege(p_role, c.oid, a.attnum, 'UPDATE'))
      end as updatable
    from pg_attribute as a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) as s
  where n.nspname = p_schema and c.relkind in ('r', 'v', 'm', 'f', 'p') and has_schema_privilege(p_role, n.oid, 'USAGE')
  union all
  select
    p.oid,
    true,
    has_function_privilege(p_role, p.oid, 'EXECUTE'),
    false,
    false,
    false,
    null,
    null,
    null
  from pg_proc as p
  inner join pg_namespace as n on p.pronamespace = n.oid
  where n.nspname = p_schema and has_schema_privilege(p_role, n.oid, 'USAGE');
end;

comment on function web.privileges(text, text) is 'Privileges of a role on the relations and functions of a schema.';

revoke all on function web.privileges(text, text) from public;
grant execute on function web.privileges(text, text) to pgears_admin, pgears_web;
