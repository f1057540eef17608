-- Jobs of a model as their definitions in a model file.

create or replace function flow.job_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select j.id, j.code, j.definition
  from flow.job as j
  where j.model_id = p_model;
end;

comment on function flow.job_definitions(bigint) is 'Id, code and definition of each job of a model.';

revoke all on function flow.job_definitions(bigint) from public;
