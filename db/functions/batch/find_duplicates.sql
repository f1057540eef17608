-- Name the rows that cannot be matched: those without a key, and those whose key stands in the
-- file before them. From here on imports into one class go one after the other.
-- requires: batch.lock_import

create or replace function batch.find_duplicates(p_run bigint, p_token uuid)
returns void
language plpgsql
volatile
security definer  -- lends: reading import tables to the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_import batch.import;
  v_keys text;
  v_missing text;
  v_values text;
  v_found boolean;
begin
  select i.* into strict v_import from batch.import as i where i.id = v_run.import_id;

  -- The class of an advisory lock of ours: "batc" in ASCII, and the class of the rows.
  perform pg_advisory_xact_lock(1650553955, v_import.class_id::integer);

  select
    string_agg(format('t.%I', m.code), ', '),
    string_agg(format('t.%1$I is null%2$s', m.code, case when e.sql_type = 'text' then format(' or t.%I = ''''', m.code) end), ' or '),
    string_agg(format('t.%I::text', m.code), ', ')
  into v_keys, v_missing, v_values
  from jsonb_array_elements_text(v_import.definition -> 'match') as m (code)
  inner join meta.effective_column as e on e.class_id = v_import.class_id and e.code = m.code;

  if v_keys is null then
    return;
  end if;

  execute format(
    'with bad as (update batch.import_%1$s as t set is_error = true where not t.is_error and not t.is_ignored and (%2$s) returning t.record)'
    ' insert into batch.import_error (run_id, record, column_code, reason) select %1$s, b.record, %3$L, ''is empty, and no record can be found without it'' from bad as b',
    p_run, v_missing, (select string_agg(m.code, ', ') from jsonb_array_elements_text(v_import.definition -> 'match') as m (code))
  );

  execute format(
    'select exists (select from batch.import_%s as t where not t.is_ignored and not (%s) group by %s having count(*) > 1)', p_run, v_missing, v_keys
  ) into v_found;

  if v_found then
    execute format(
      'with twice as ('
      '  select t.record, t.is_error, first_value(t.record) over (partition by %2$s order by t.record) as first, concat_ws('', '', %3$s) as value'
      '  from batch.import_%1$s as t where not t.is_ignored and not (%5$s)'
      '), bad as ('
      '  update batch.import_%1$s as t set is_error = true from twice as w where w.record = t.record and w.record > w.first and not t.is_error'
      ') insert into batch.import_error (run_id, record, column_code, value, reason)'
      ' select %1$s, w.record, %4$L, left(w.value, 1000), format(''stands in record %%s of the file already'', w.first) from twice as w where w.record > w.first',
      p_run, v_keys, v_values, (select string_agg(m.code, ', ') from jsonb_array_elements_text(v_import.definition -> 'match') as m (code)), v_missing
    );
  end if;
end;
$$;

comment on function batch.find_duplicates(bigint, uuid) is 'Mark rows of the import table whose key is empty or stands in an earlier row. Raises PG704.';

revoke all on function batch.find_duplicates(bigint, uuid) from public;
grant execute on function batch.find_duplicates(bigint, uuid) to pgears_admin, pgears_runner;
