-- Start a job now, whatever its times; its policy of overlap holds.
-- requires: flow.begin_run flow.job_id

create or replace function flow.run_job(p_code text, p_cause text default 'manual')
returns bigint
language plpgsql
volatile
security definer  -- lends: starting jobs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job flow.job;
begin
  select j.* into v_job from flow.job as j where j.id = flow.job_id(p_code) for update;

  if not v_job.enabled then
    raise exception 'job % is switched off', p_code
      using errcode = 'PG503', hint = 'Enable it in its model file.';
  end if;

  return flow.begin_run(v_job, p_cause, null);
end;
$$;

comment on function flow.run_job(text, text) is 'Start a job and give the id of the run. Raises PG503, PG520.';

revoke all on function flow.run_job(text, text) from public, pgears_runner;
grant execute on function flow.run_job(text, text) to pgears_admin;
