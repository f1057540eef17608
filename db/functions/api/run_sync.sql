-- Public: synchronise by code. With a relation of this database at once, with another database by the runner.
-- requires: sync.run_result

create or replace function api.run_sync(code text, plan boolean default false, allow_deletes boolean default false)
returns jsonb
language plpgsql
volatile
security definer  -- lends: starting synchronisations to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition constant bigint := sync.definition_id(code);
  v_run constant bigint := sync.new_run(v_definition, 'manual', plan, allow_deletes);
begin
  if exists (select from sync.definition as d where d.id = v_definition and d.definition ? 'url') then
    perform queue.enqueue('sync.run', jsonb_build_object('run', v_run));
  else
    perform sync.run_local(v_run);
  end if;

  return sync.run_result(v_run);
end;
$$;

comment on function api.run_sync(text, boolean, boolean) is
'Synchronise and give the run; its state is waiting when a runner does it. A plan writes nothing. Raises PG740 to PG743.';

revoke all on function api.run_sync(text, boolean, boolean) from public;
grant execute on function api.run_sync(text, boolean, boolean) to pgears_admin, pgears_runner;
