-- Views of one name in all rooms: those that belong, as their schemas, to the owner of pgears.
--
-- So a room adds a file and nothing else changes, and nobody else's view is taken for ours.

create or replace function core.room_views(p_name text)
returns setof regclass
language sql
stable
begin atomic
  select c.oid::regclass
  from pg_catalog.pg_class as c
  inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
  inner join pg_catalog.pg_namespace as o on o.nspname = 'core'
  where c.relname = p_name and c.relkind = 'v' and c.relowner = o.nspowner and n.nspowner = o.nspowner
  order by n.nspname;
end;

comment on function core.room_views(text) is 'Views of this name in the schemas of pgears, by schema.';

revoke all on function core.room_views(text) from public;
grant execute on function core.room_views(text) to pgears_admin, pgears_runner;
