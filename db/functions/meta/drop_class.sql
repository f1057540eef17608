-- Drop a class with its rows, its archive and its API views.
--
-- Views that others built on top stop it; nothing is dropped by cascade. API views of other
-- classes that have shown its rows show none of them until they are renewed.
-- requires: meta.retire_reader

create or replace function meta.drop_class(p_class bigint)
returns void
language plpgsql
volatile
security definer  -- lends: dropping class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_parent bigint;
  v_targets bigint[];
  v_object text;
  v_detail text;
begin
  perform meta.check_unused_class(p_class);
  perform meta.lock_class(p_class);
  perform meta.check_unused_rows(p_class);
  perform access.forget_class(p_class);
  v_targets := array_remove(meta.several_targets(p_class), p_class);

  begin
    for v_object in
      select format('view if exists api.%I', v.name)
      from meta.api_view as v
      where v.kind in ('class', 'all') and v.object_id = p_class
      order by v.kind
    loop
      execute 'drop ' || v_object;
    end loop;

    for v_object in
      select format('referring_%s_%s', p_class, e.column_id)
      from meta.effective_column as e
      where e.class_id = p_class and e.type = 'reference'
      union
      select format('referring_%s_%s', p_class, d.column_id)
      from meta.dropped_column as d
      where d.class_id = p_class and d.column_id is not null
      union
      select format('described_%s', p_class)
    loop
      perform meta.retire_reader(v_object);
    end loop;

    -- Link tables may point back to the class itself.
    for v_object in
      select format('table if exists data.link_%s', k.id) from meta.class_column as k where k.class_id = p_class
    loop
      execute 'drop ' || v_object;
    end loop;

    execute format('drop table data.datarow_%s', p_class);

    for v_object in
      select format('table data.%I', s.name) from meta.unique_stores(p_class) as s
    loop
      execute 'drop ' || v_object;
    end loop;
  exception
    when dependent_objects_still_exist then
      get stacked diagnostics v_detail = pg_exception_detail;
      raise exception 'class % is in use by other objects', meta.class_path(p_class)
        using errcode = 'PG118', detail = v_detail, hint = 'Drop or change these objects first.';
  end;

  foreach v_object in array array['inserted', 'updated', 'deleted', 'keep_deleted'] loop
    execute format('drop function data.%s_%s()', v_object, p_class);
  end loop;

  execute format('drop table if exists data.archive_%s', p_class);
  perform meta.drop_column_store(k.id) from meta.class_column as k where k.class_id = p_class;

  delete from meta.api_view as v where v.kind in ('class', 'all') and v.object_id = p_class;
  delete from meta.dropped_column as d where d.class_id = p_class;
  delete from meta.class_key as k where k.class_id = p_class;
  delete from meta.class_column as k where k.class_id = p_class;
  delete from meta.class as c where c.id = p_class returning c.parent_id into v_parent;

  if v_parent is not null then
    perform meta.drop_family_member(v_parent, p_class);
  end if;

  perform meta.follow_targets(v_targets);
end;
$$;

comment on function meta.drop_class(bigint) is 'Drop a class with all it holds. Raises PG118 while something depends on it, PG121 while it is locked.';

revoke all on function meta.drop_class(bigint) from public;
grant execute on function meta.drop_class(bigint) to pgears_admin;
