-- Bring everything that PostgreSQL enforces for these classes to the rights of now.
--
-- Row security, indexes, policies, privileges: compared first, so that what is right is not
-- touched and nobody is locked out. Null means all classes.
-- requires: access.apply_grants access.apply_indexes access.apply_policies access.apply_schema_grants access.class_relation

create or replace function access.apply_rights(p_classes bigint[] default null)
returns void
language plpgsql
volatile
security definer  -- lends: making policies and grants to administrators, who can only bring them to the rights that are defined
set search_path = pg_catalog, pg_temp
as $$
declare
  v_classes constant bigint[] := coalesce(p_classes, array(select c.id from meta.class as c));
  v_tables oid[];
  v_views oid[];
  v_table regclass;
begin
  select
    array_agg(distinct t.relation::oid) filter (where t.kind in ('rows', 'archive', 'link')),
    array_agg(distinct t.relation::oid) filter (where t.kind in ('view', 'all'))
  into v_tables, v_views
  from access.class_relation as t
  where t.class_id = any (v_classes);

  for v_table in
    select c.oid from pg_class as c where c.oid = any (v_tables) and not c.relrowsecurity
  loop
    execute format('alter table %s enable row level security', v_table);
  end loop;

  perform access.apply_indexes(v_classes);
  perform access.apply_policies(v_classes, v_tables || 'core.file'::regclass::oid);
  perform access.apply_schema_grants();
  perform access.apply_grants(v_classes, array(
    select unnest(v_tables)
    union
    select unnest(v_views)
    union
    select to_regclass(format('api.%I', v.name))
    from meta.api_view as v
    where v.kind = 'query' and to_regclass(format('api.%I', v.name)) is not null
    union
    select f.relation
    from unnest(array['core.file'::regclass, 'core.file_content'::regclass, to_regclass('api.file'), to_regclass('api.mail')]) as f (relation)
    where f.relation is not null
  ));
end;
$$;

comment on function access.apply_rights(bigint[]) is
'Bring row security, policies, indexes and grants of classes (null: all) to the rights of now. Raises PG121 when a class is in use.';

revoke all on function access.apply_rights(bigint[]) from public;
grant execute on function access.apply_rights(bigint[]) to pgears_admin;
