-- Make a run of a job, by its policy of overlap: run, wait behind others, or be skipped.
--
-- The caller has locked the job. A slot that has a row gets no second one: null. A condition that
-- raises is a run that failed: other jobs, which are begun in the same transaction, go on.

create or replace function flow.begin_run(p_job flow.job, p_cause text, p_slot timestamptz, p_queue boolean default false)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_busy constant boolean := exists (select from flow.job_run as r where r.job_id = p_job.id and r.state in ('waiting', 'running'));
  v_policy constant text := case when p_queue then 'wait' else coalesce(p_job.definition ->> 'overlap', 'skip') end;
  v_reason text;
  v_failure text;
  v_allowed boolean := true;
  v_id bigint;
begin
  if p_job.definition ? 'when' then
    begin
      execute format('select coalesce((%s)::boolean, false)', p_job.definition ->> 'when') into v_allowed;
    exception
      when others then
        v_failure := format('its condition failed: %s', sqlerrm);
    end;
  end if;

  v_reason := case
    when v_failure is not null then v_failure
    when p_job.integration and not core.integration() then 'the integration switch is off'
    when not v_allowed then 'its condition does not hold'
    when v_busy and v_policy = 'skip' then 'another run is not over'
  end;

  insert into flow.job_run (job_id, slot, cause, state, created, started, ended, error)
  values (
    p_job.id, p_slot, p_cause,
    case when v_failure is not null then 'failed' when v_reason is not null then 'skipped' when v_busy and v_policy = 'wait' then 'waiting' else 'running' end,
    core.now(), case when v_reason is null and not (v_busy and v_policy = 'wait') then core.now() end,
    case when v_reason is not null then core.now() end, v_reason
  )
  on conflict (job_id, cause, slot) do nothing
  returning id into v_id;

  if v_id is not null and v_reason is null and not (v_busy and v_policy = 'wait') then
    perform queue.enqueue('job.run', jsonb_build_object('run', v_id));
  end if;

  return v_id;
end;
$$;

comment on function flow.begin_run(flow.job, text, timestamptz, boolean) is 'Id of a new run of a job; null when the slot has one.';

revoke all on function flow.begin_run(flow.job, text, timestamptz, boolean) from public;
