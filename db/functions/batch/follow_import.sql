-- What comes after a run: workflow, notification, and whoever waits for its end.
-- requires: batch.answer

create or replace function batch.follow_import(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ok boolean;
  v_run batch.import_run;
  v_import batch.import;
  v_model text;
  v_facts jsonb;
begin
  select r.* into strict v_run from batch.import_run as r where r.id = p_run;
  select i.* into strict v_import from batch.import as i where i.id = v_run.import_id;
  v_model := (select m.code from meta.model as m where m.id = v_import.model_id);

  v_facts := jsonb_build_object(
    'import', v_model || '.' || v_import.code, 'run', v_run.id, 'state', v_run.state, 'file', v_run.file_name, 'account', v_run.account,
    'rows', v_run.rows_read, 'inserted', v_run.inserted, 'updated', v_run.updated, 'unchanged', v_run.unchanged, 'ignored', v_run.ignored,
    'deleted_before', v_run.deleted_before, 'deleted_missing', v_run.deleted_missing, 'deleted', v_run.deleted_before + v_run.deleted_missing,
    'errors', v_run.errors, 'error', coalesce(v_run.error, '')
  );

  if v_import.definition ? 'workflow' and v_run.state = 'done' then
    perform flow.start_instance(
      flow.workflow_id(v_import.definition ->> 'workflow', v_import.model_id), null, null, jsonb_build_object('import', v_facts), format('import %s', p_run)
    );
  end if;

  if v_import.definition ? 'notify' then
    perform flow.send_notification(
      flow.notification_id(case when v_import.definition ->> 'notify' like '%.%' then '' else v_model || '.' end || (v_import.definition ->> 'notify')),
      '{}', v_facts
    );
  end if;

  v_ok := v_run.state in ('done', 'skipped');
  perform batch.answer(
    v_run.cause, v_run.cause_key, case when not v_ok then format('import run %s is %s: %s', p_run, v_run.state, v_run.error) end, v_facts
  );
end;
$$;

comment on function batch.follow_import(bigint) is 'Start the workflow and send the notification of an import that has ended.';

revoke all on function batch.follow_import(bigint) from public;
