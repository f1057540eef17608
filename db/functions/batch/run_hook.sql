-- Run the script of a moment. It may change values of the import table batch.import_<run>, mark
-- rows (is_ignored), and name rows in error: {"errors": [{"record": 3, "column": "price", "reason": "..."}]}.
-- requires: batch.lock_import

create or replace function batch.run_hook(p_run bigint, p_token uuid, p_moment text)
returns void
language plpgsql
volatile
security definer  -- lends: running scripts to the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_import batch.import;
  v_script text;
  v_result jsonb;
begin
  select i.* into strict v_import from batch.import as i where i.id = v_run.import_id;
  v_script := v_import.definition -> 'hooks' ->> p_moment;
  if v_script is null then
    return;
  end if;

  execute format('grant select, update on batch.import_%s to %I', p_run, (
    select pg_get_userbyid(p.proowner)
    from pg_proc as p
    where p.oid = to_regprocedure(format('data.script_%s(jsonb)', flow.script_id(v_script, v_import.model_id)))
  ));

  v_result := flow.execute_script(
    flow.script_id(v_script, v_import.model_id),
    jsonb_build_object(
      'import', v_import.code, 'run', p_run, 'moment', p_moment, 'table', format('batch.import_%s', p_run),
      'file', v_run.file_name, 'importer', v_run.account, 'parameters', '{}'::jsonb
    )
  );

  insert into batch.import_error (run_id, record, column_code, value, reason)
  select p_run, e.record, e."column", left(e.value, 1000), coalesce(e.reason, 'refused by script ' || v_script)
  from jsonb_to_recordset(case when jsonb_typeof(v_result) = 'object' then v_result -> 'errors' end)
    as e (record bigint, "column" text, value text, reason text);

  execute format(
    'update batch.import_%1$s as t set is_error = true from batch.import_error as e where e.run_id = %1$s and e.record = t.record and not t.is_error', p_run
  );
end;
$$;

comment on function batch.run_hook(bigint, uuid, text) is 'Run the script that an import has for a moment, if any. Raises PG704 and what the script raises.';

revoke all on function batch.run_hook(bigint, uuid, text) from public;
grant execute on function batch.run_hook(bigint, uuid, text) to pgears_admin, pgears_runner;
