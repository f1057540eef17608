-- Run the jobs that are to run when the service starts: once, also where several runners start.
--
-- The start of the service is that of the runner that is there longest.
-- requires: flow.begin_run

create or replace function flow.start_jobs()
returns integer
language plpgsql
volatile
security definer  -- lends: writing runs to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_begun constant timestamptz := (select min(r.started) from queue.runner as r where r.lease_until >= core.now());
  v_job flow.job;
  v_count integer := 0;
begin
  if v_begun is null then
    return 0;
  end if;

  for v_job in
    select j.* from flow.job as j
    where j.enabled and j.definition -> 'at_start' = 'true'
    order by j.id
    for update
  loop
    v_count := v_count + (flow.begin_run(v_job, 'service start', v_begun) is not null)::integer;
  end loop;

  return v_count;
end;
$$;

comment on function flow.start_jobs() is 'Start the jobs that run at the start of the service; gives the number of runs.';

revoke all on function flow.start_jobs() from public;
grant execute on function flow.start_jobs() to pgears_runner;
