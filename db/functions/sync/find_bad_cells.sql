-- Name the cells of a stage that cannot be read as the types of their columns, twenty of each column.
--
-- Runs only after the whole stage could not be cast, so it may take its time.
-- requires: sync.mapped

create or replace function sync.find_bad_cells(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_column record;
  v_key text;
  v_value text;
  v_keys text;
  v_found integer;
begin
  select string_agg(format('s.v%s', m.place), ', ' order by m.place) into v_keys
  from sync.run as r
  cross join sync.mapped(r.definition_id) as m
  where r.id = p_run and m.is_key;

  for v_column in
    select m.* from sync.run as r cross join sync.mapped(r.definition_id) as m where r.id = p_run and m.value_type <> 'text' order by m.place
  loop
    begin
      execute format('select count(v%s::%s) from sync.stage_%s', v_column.place, v_column.value_type, p_run) into v_found;
      continue;
    exception
      when data_exception then
        v_found := 0;
    end;

    for v_key, v_value in execute format(
      'select array_to_string(array[%s], '', '') as key, s.v%s as value from sync.stage_%s as s where s.v%2$s is not null order by s.n',
      v_keys, v_column.place, p_run
    ) loop
      begin
        execute format('select $1::%s', v_column.value_type) using v_value;
      exception
        when data_exception then
          insert into sync.problem (run_id, key, column_code, value, reason) values (p_run, v_key, v_column.code, left(v_value, 200), sqlerrm);
          v_found := v_found + 1;
      end;
      exit when v_found = 20;
    end loop;
  end loop;
end;
$$;

comment on function sync.find_bad_cells(bigint) is 'Write to sync.problem which cells of a run cannot be cast.';

revoke all on function sync.find_bad_cells(bigint) from public;
