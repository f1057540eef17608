-- Make a run of an export that waits for its process; a task has the runner be that process.
-- requires: batch.export_id batch.run_account

create or replace function batch.request_export(
  p_code text,
  p_account text default null,
  p_cause text default 'command',
  p_cause_key jsonb default '{}',
  p_task boolean default false
)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_export batch.export;
  v_id bigint;
begin
  select e.* into strict v_export from batch.export as e where e.id = batch.export_id(p_code);

  if not v_export.enabled or (v_export.integration and not core.integration()) then
    raise exception 'export % is switched off', p_code
      using errcode = 'PG703', hint = 'Enable it in its model file; an integration export needs core.set_integration(true).';
  end if;

  insert into batch.export_run (export_id, state, account, cause, cause_key, created)
  values (v_export.id, 'waiting', batch.run_account(p_account, v_export.definition), p_cause, p_cause_key, core.now())
  on conflict do nothing
  returning id into v_id;

  if v_id is null then
    return (select r.id from batch.export_run as r where r.cause = p_cause and r.cause_key = p_cause_key);
  end if;

  if p_task then
    perform queue.enqueue('batch.export', jsonb_build_object('run', v_id));
  end if;

  return v_id;
end;
$$;

comment on function batch.request_export(text, text, text, jsonb, boolean) is
'Id of a new run; of a step that asks again, the one it has. The account null is that of the definition, else the session''s. Raises PG703, PG710.';

revoke all on function batch.request_export(text, text, text, jsonb, boolean) from public;
grant execute on function batch.request_export(text, text, text, jsonb, boolean) to pgears_admin, pgears_runner;
