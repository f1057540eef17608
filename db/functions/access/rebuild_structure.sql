-- Compute closure, members and scopes of a structure from its classes, from nothing.

create or replace function access.rebuild_structure(p_structure bigint)
returns void
language plpgsql
volatile
security definer  -- lends: reading the structure's classes and writing what is derived from them, to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure access.structure;
  v_units bigint[];
begin
  select s.* into strict v_structure from access.structure as s where s.id = p_structure for no key update;

  delete from access.closure as c where c.structure_id = p_structure;
  delete from access.member as m where m.structure_id = p_structure;
  delete from access.scope as s where s.structure_id = p_structure;
  execute format('select array(select distinct e.unit from (%s) as e)', v_structure.edge_sql) into v_units;
  perform access.follow_units(p_structure, v_units);
end;
$$;

comment on function access.rebuild_structure(bigint) is 'Compute all that is derived from the classes of a structure anew. Raises PG910.';

revoke all on function access.rebuild_structure(bigint) from public;
grant execute on function access.rebuild_structure(bigint) to pgears_admin;
