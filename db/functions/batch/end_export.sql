-- End a run: what it made, and the notification that carries the file.
-- requires: batch.lock_export batch.answer

create or replace function batch.end_export(
  p_run bigint, p_token uuid, p_state text, p_rows bigint default 0, p_size bigint default null, p_path text default null,
  p_file bigint default null, p_error text default null
)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs and mails to the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.export_run := batch.lock_export(p_run, p_token);
  v_export batch.export;
  v_model text;
  v_facts jsonb;
begin
  select e.* into strict v_export from batch.export as e where e.id = v_run.export_id;
  v_model := (select m.code from meta.model as m where m.id = v_export.model_id);

  update batch.export_run as r
  set
    state = p_state,
    rows_written = p_rows,
    size = p_size,
    path = p_path,
    file_id = p_file,
    error = p_error,
    ended = core.now()
  where r.id = p_run;

  delete from batch.progress as p where p.kind = 'export' and p.run_id = p_run;

  v_facts := jsonb_build_object(
    'export', v_model || '.' || v_export.code, 'run', p_run, 'state', p_state, 'rows', p_rows, 'account', v_run.account,
    'path', coalesce(p_path, ''), 'error', coalesce(p_error, '')
  );

  if v_export.definition ? 'notify' then
    perform flow.send_notification(
      flow.notification_id(case when v_export.definition ->> 'notify' like '%.%' then '' else v_model || '.' end || (v_export.definition ->> 'notify')),
      '{}', v_facts, case when p_file is not null then array[p_file] else '{}' end
    );
  end if;

  perform batch.answer(v_run.cause, v_run.cause_key, case when p_state <> 'done' then format('export run %s is %s: %s', p_run, p_state, p_error) end, v_facts);
end;
$$;

comment on function batch.end_export(bigint, uuid, text, bigint, bigint, text, bigint, text) is 'End a run as done or failed. Raises PG704.';

revoke all on function batch.end_export(bigint, uuid, text, bigint, bigint, text, bigint, text) from public;
grant execute on function batch.end_export(bigint, uuid, text, bigint, bigint, text, bigint, text) to pgears_admin, pgears_runner;
