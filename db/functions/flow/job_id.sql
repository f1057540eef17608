-- Resolve a job named "model.code", or by its code alone where only one has it.
-- requires: meta.find_definition

create or replace function flow.job_id(p_code text, p_model bigint default null)
returns bigint
language sql
stable
begin atomic
  select meta.find_definition(
    'flow.job', p_code, p_model, 'job',
    p_errcode => 'PG520', p_hint => '"pgears job list" shows the jobs.'
  );
end;

comment on function flow.job_id(text, bigint) is 'Id of a job by model.code or code. Raises PG520.';

revoke all on function flow.job_id(text, bigint) from public;
