-- Drop a column from a class and its descendants.
--
-- The physical column loses its keys at once but stays until the API views that show it
-- are renewed; meta.sweep_columns() then drops it.

create or replace function meta.drop_column(p_column bigint)
returns void
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_column meta.class_column;
  v_users constant text := meta.column_users(p_column);
  v_targets bigint[];
  v_class bigint;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_targets := meta.several_targets(v_column.class_id, p_column);

  if v_users is not null then
    raise exception 'column "%" is named by %', v_column.code, v_users
      using errcode = 'PG118', hint = 'Take it out of these first.';
  end if;

  -- As an array: an open query over meta.class would forbid dropping a foreign key to it.
  foreach v_class in array array(
    select a.class_id from meta.ancestry as a where a.ancestor_id = v_column.class_id order by a.depth
  ) loop
    exit when v_column.type = 'reverse';
    perform meta.lock_class(v_class);
    execute format('alter table data.datarow_%1$s drop constraint if exists datarow_%1$s_c%2$s_fkey', v_class, p_column);
    execute format('drop index if exists data.datarow_%1$s_c%2$s_idx, data.datarow_%1$s_c%2$s_key', v_class, p_column);

    if v_column.type <> 'calculated' then
      execute format('alter table data.datarow_%s alter column c%s drop default', v_class, p_column);
    end if;

    insert into meta.dropped_column (class_id, column_id, physical)
    values (v_class, p_column, 'c' || p_column);

    insert into meta.dropped_column (class_id, column_id, physical)
    select v_class, p_column, format('c%s_class', p_column)
    where v_targets <> '{}';
  end loop;

  delete from meta.class_column as k where k.id = p_column;
  perform meta.touch_class(v_column.class_id);
  perform meta.follow_targets(v_targets);
end;
$$;

comment on function meta.drop_column(bigint) is
'Drop a column; its values go when the API views are renewed. Raises PG118 while definitions name it, PG121 while the class is locked.';

revoke all on function meta.drop_column(bigint) from public;
grant execute on function meta.drop_column(bigint) to pgears_admin;
