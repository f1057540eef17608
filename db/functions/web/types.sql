-- Names of types that a request may cast to.

create or replace function web.types(p_schemas text[])
returns table (name text, type text)
language sql
stable
security definer  -- lends: nothing that the catalogue does not show to everybody
begin atomic
  select distinct on (s.name)
    s.name,
    format_type(t.oid, null)
  from pg_type as t
  inner join pg_namespace as n on t.typnamespace = n.oid
  cross join lateral (
    values
    (t.typname::text),
    (format_type(t.oid, null)),
    (case when t.typelem <> 0 and t.typlen = -1 then (select e.typname || '[]' from pg_type as e where e.oid = t.typelem) end),
    (case t.oid when 'int4'::regtype then 'int' when 'numeric'::regtype then 'decimal' when 'float8'::regtype then 'float' end)
  ) as s (name)
  where n.nspname = any(p_schemas || array['pg_catalog', 'public']::text[]) and s.name is not null
    and t.typtype in ('b', 'd', 'e', 'r', 'm')
  order by s.name, array_position(p_schemas || array['public', 'pg_catalog']::text[], n.nspname::text);
end;

comment on function web.types(text[]) is 'Types by the names that a cast may use, each as PostgreSQL writes it.';

revoke all on function web.types(text[]) from public;
grant execute on function web.types(text[]) to pgears_admin, pgears_web;
