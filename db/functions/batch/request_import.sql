-- Make a run of an import that waits for its process; a task has the runner be that process.
-- requires: batch.import_id batch.run_account

create or replace function batch.request_import(
  p_code text,
  p_account text,
  p_file_name text,
  p_path text default null,
  p_file bigint default null,
  p_force boolean default false,
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
  v_import batch.import;
  v_id bigint;
begin
  select i.* into strict v_import from batch.import as i where i.id = batch.import_id(p_code);

  if not v_import.enabled or (v_import.integration and not core.integration()) then
    raise exception 'import % is switched off', p_code
      using errcode = 'PG703', hint = 'Enable it in its model file; an integration import needs core.set_integration(true).';
  end if;

  insert into batch.import_run (import_id, state, account, cause, cause_key, file_name, path, file_id, force, created)
  values (
    v_import.id, 'waiting', batch.run_account(p_account, v_import.definition),
    p_cause, p_cause_key, p_file_name, p_path, p_file, p_force, core.now()
  )
  on conflict do nothing
  returning id into v_id;

  if v_id is null and p_cause in ('job', 'workflow') then
    return (select r.id from batch.import_run as r where r.cause = p_cause and r.cause_key = p_cause_key);
  end if;

  if v_id is not null and p_task then
    perform queue.enqueue('batch.import', jsonb_build_object('run', v_id));
  end if;

  return v_id;
end;
$$;

comment on function batch.request_import(text, text, text, text, bigint, boolean, text, jsonb, boolean) is
'Id of a new run; null when the file of a folder has one; of a step that asks again, the one it has. The account null is that of the definition, else the session''s. Raises PG700, PG703, PG982.';

revoke all on function batch.request_import(text, text, text, text, bigint, boolean, text, jsonb, boolean) from public;
grant execute on function batch.request_import(text, text, text, text, bigint, boolean, text, jsonb, boolean) to pgears_admin, pgears_runner;
