-- Tell whoever waits for a run how it ended: the step of a job, or the branch of a workflow.

create or replace function batch.answer(p_cause text, p_key jsonb, p_error text, p_facts jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: going on with jobs and workflows to the service
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_cause = 'job' then
    perform flow.end_job_step((p_key ->> 'run')::bigint, (p_key ->> 'position')::integer, p_error, p_facts::text);
  elsif p_cause = 'workflow' then
    perform flow.wake_branch((p_key ->> 'branch')::bigint, jsonb_build_object('error', p_error, 'facts', p_facts));
  end if;
end;
$$;

comment on function batch.answer(text, jsonb, text, jsonb) is 'Let a job or workflow go on after the import or export that it has started; p_error is null when that succeeded.';

revoke all on function batch.answer(text, jsonb, text, jsonb) from public;
grant execute on function batch.answer(text, jsonb, text, jsonb) to pgears_runner;
