-- Rows that a phase of the merge found in error: those given, and those that it has marked.
--
-- A negative row_id is a key that so many records have, 0 a record that may not be changed.
-- requires: batch.lock_import meta.constraint_words

create or replace function batch.add_errors(p_run bigint, p_token uuid, p_errors jsonb default '[]')
returns bigint
language plpgsql
volatile
security definer  -- lends: writing rows in error to the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_keys constant text := (
    select string_agg(m.code, ', ')
    from batch.import as i
    cross join lateral jsonb_array_elements_text(i.definition -> 'match') as m (code)
    where i.id = v_run.import_id
  );
  v_values text;
  v_count bigint;
begin
  select string_agg(format('t.%I::text', m.code), ', ') into v_values
  from batch.import as i
  cross join lateral jsonb_array_elements_text(i.definition -> 'match') as m (code)
  where i.id = v_run.import_id;

  insert into batch.import_error (run_id, record, reason)
  select p_run, e.record, coalesce(meta.constraint_words(e."table", e."constraint"), e.reason)
  from jsonb_to_recordset(p_errors) as e (record bigint, reason text, "table" text, "constraint" text);

  execute format(
    'insert into batch.import_error (run_id, record, column_code, value, reason)'
    ' select %1$s, t.record, %3$L, left(concat_ws('', '', %2$s), 1000), case t.row_id when 0 then %4$L else format(''is %%s records'', - t.row_id) end'
    ' from batch.import_%1$s as t where t.row_id <= 0',
    p_run, coalesce(v_values, 'null'), v_keys, format('is a record that %s may not change', v_run.account)
  );
  execute format('update batch.import_%1$s as t set is_error = true, row_id = null where t.row_id <= 0', p_run);

  execute format(
    'update batch.import_%1$s as t set is_error = true'
    ' where not t.is_error and t.record in (select e.record from batch.import_error as e where e.run_id = %1$s)',
    p_run
  );

  select count(distinct e.record) into v_count from batch.import_error as e where e.run_id = p_run;
  return v_count;
end;
$$;

comment on function batch.add_errors(bigint, uuid, jsonb) is 'Number of rows in error after adding those given (record, reason, table and constraint) and those that the import table has marked. Raises PG704.';

revoke all on function batch.add_errors(bigint, uuid, jsonb) from public;
grant execute on function batch.add_errors(bigint, uuid, jsonb) to pgears_admin, pgears_runner;
