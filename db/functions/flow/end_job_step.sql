-- A step that the runner does has ended; the run goes on, or stops at the failure.
-- requires: flow.end_run

create or replace function flow.end_job_step(p_run bigint, p_position integer, p_error text, p_output text default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step jsonb;
begin
  select j.compiled -> (p_position - 1) into v_step
  from flow.job_run as r
  inner join flow.job as j on r.job_id = j.id
  where r.id = p_run and r.position = p_position and r.state = 'running'
  for update of r;

  if not found then
    return;
  end if;

  insert into flow.job_log (run_id, position, step, outcome, at, detail)
  values (
    p_run, p_position, v_step ->> 'kind', case when p_error is null then 'done' else 'failed' end,
    core.now(), concat_ws(e'\n', p_error, nullif(left(p_output, 100000), ''))
  );

  if p_error is not null then
    if v_step ->> 'on_error' is distinct from 'continue' then
      perform flow.end_run(p_run, format('step %s: %s', p_position, p_error));
      return;
    end if;
    update flow.job_run as r set error = coalesce(r.error, format('step %s: %s', p_position, p_error)) where r.id = p_run;
  end if;

  perform queue.enqueue('job.run', jsonb_build_object('run', p_run));
end;
$$;

comment on function flow.end_job_step(bigint, integer, text, text) is 'Record the end of a command, action or synchronisation of a job; p_error is null when it succeeded.';

revoke all on function flow.end_job_step(bigint, integer, text, text) from public;
grant execute on function flow.end_job_step(bigint, integer, text, text) to pgears_runner;
