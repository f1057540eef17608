-- Scripts of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function flow.script_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    s.id,
    s.code,
    s.definition || case when s.class_id is null then '{}' else jsonb_build_object('class', meta.class_path(s.class_id)) end
  from flow.script as s
  where s.model_id = p_model;
end;

comment on function flow.script_definitions(bigint) is 'Id, code and definition of each script of a model.';

revoke all on function flow.script_definitions(bigint) from public;
