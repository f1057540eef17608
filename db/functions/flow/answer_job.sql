-- Task "job.answer": the call of a step of a job is over, so the run goes on.
-- requires: flow.end_job_step http.answer

create or replace function flow.answer_job(p_payload jsonb)
returns void
language sql
volatile
security definer  -- lends: writing runs to the runner
begin atomic
  select
    flow.end_job_step(
      (p_payload ->> 'run')::bigint,
      (p_payload ->> 'position')::integer,
      case when a.answer ->> 'state' <> 'done' then concat_ws(': ', 'the call is ' || (a.answer ->> 'state'), a.answer ->> 'error') end,
      case jsonb_typeof(a.answer -> 'body') when 'string' then a.answer ->> 'body' when 'null' then '' else a.answer -> 'body' #>> '{}' end
    )
  from (select http.answer((p_payload ->> 'call')::bigint) as answer) as a;
end;

comment on function flow.answer_job(jsonb) is 'End the step at "position" of "run" with the answer of "call".';

revoke all on function flow.answer_job(jsonb) from public;
