-- Targets of a model as their definitions in a model file.

create or replace function http.target_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select t.id, t.code, t.definition
  from http.target as t
  where t.model_id = p_model;
end;

comment on function http.target_definitions(bigint) is 'Id, code and definition of each target of a model.';

revoke all on function http.target_definitions(bigint) from public;
