-- Workflows of a model as their definitions in a model file: the current versions.
-- requires: meta.class_path

create or replace function flow.workflow_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    w.id,
    w.code,
    w.definition
    || jsonb_build_object('steps', v.steps)
    || case when w.class_id is null then '{}' else jsonb_build_object('class', meta.class_path(w.class_id)) end
  from flow.workflow as w
  inner join flow.workflow_version as v on w.id = v.workflow_id and w.version = v.version
  where w.model_id = p_model;
end;

comment on function flow.workflow_definitions(bigint) is 'Id, code and definition of each workflow of a model.';

revoke all on function flow.workflow_definitions(bigint) from public;
