-- Rebuild a class and its descendants now, or at the end of a bundle of changes.
--
-- Between meta.begin_changes() and meta.finish_changes() the classes are only noted: a
-- model of many columns is then built once.

create or replace function meta.touch_class(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_noted constant text := nullif(current_setting('pgears.changed_classes', true), '');
begin
  if v_noted is not null then
    perform set_config('pgears.changed_classes', array_append(array_remove(v_noted::bigint[], p_class), p_class)::text, true);
    return;
  end if;

  perform meta.rebuild_class(a.class_id)
  from meta.ancestry as a
  where a.ancestor_id = p_class
  order by a.depth;
end;
$$;

comment on function meta.touch_class(bigint) is 'Rebuild a class with its descendants, or note it until meta.finish_changes().';

revoke all on function meta.touch_class(bigint) from public;
