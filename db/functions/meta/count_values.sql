-- How many rows have a value in a column, over the class and those that inherit from it.

create or replace function meta.count_values(p_column bigint)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_count bigint;
  v_total bigint := 0;
begin
  for v_column in
    select e.class_id, e.physical from meta.effective_column as e where e.column_id = p_column and e.stored
  loop
    execute format('select count(nullif(r.%I::text, ''{}'')) from data.datarow_%s as r', v_column.physical, v_column.class_id) into v_count;
    v_total := v_total + v_count;
  end loop;

  return v_total;
end;
$$;

comment on function meta.count_values(bigint) is 'Number of rows with a value in a column; 0 where nothing is stored.';

revoke all on function meta.count_values(bigint) from public;
