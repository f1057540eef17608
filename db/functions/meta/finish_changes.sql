-- End a bundle of changes: rebuild each changed class and its descendants once.

create or replace function meta.finish_changes()
returns void
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_noted constant text := nullif(current_setting('pgears.changed_classes', true), '');
begin
  perform set_config('pgears.changed_classes', '', true);

  perform meta.rebuild_class(t.class_id)
  from (
    select a.class_id
    from meta.ancestry as a
    where a.ancestor_id = any (v_noted::bigint[])
    group by a.class_id
    order by a.class_id
  ) as t;
end;
$$;

comment on function meta.finish_changes() is 'Rebuild the classes changed since meta.begin_changes().';

revoke all on function meta.finish_changes() from public;
grant execute on function meta.finish_changes() to pgears_admin;
