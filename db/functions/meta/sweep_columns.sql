-- Drop the physical columns of dropped definitions once no view shows them.
--
-- What something of others still uses (a view or an index on the table) stays noted for the
-- next sweep. The archive keeps its columns: they are history.

create or replace function meta.sweep_columns(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
begin
  for v_column in
    select d.physical, d.column_id
    from meta.dropped_column as d
    where d.class_id = p_class
    order by d.physical
  loop
    begin
      if v_column.column_id is not null then
        execute format('drop view if exists data.referring_%s_%s', p_class, v_column.column_id);
      end if;

      execute format('alter table data.datarow_%s drop column if exists %I', p_class, v_column.physical);
      delete from meta.dropped_column as d where d.class_id = p_class and d.physical = v_column.physical;

      if not exists (select from meta.dropped_column as d where d.column_id = v_column.column_id) then
        perform meta.drop_column_store(v_column.column_id);
      end if;
    exception
      when dependent_objects_still_exist then
        raise notice 'column % of class % is still in use: %', v_column.physical, meta.class_path(p_class), sqlerrm;
    end;
  end loop;
end;
$$;

comment on function meta.sweep_columns(bigint) is 'Drop the columns noted in meta.dropped_column from the table of a class, where nothing uses them.';

revoke all on function meta.sweep_columns(bigint) from public;
