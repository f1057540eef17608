-- Frames of a model as their definitions in a model file.

create or replace function flow.frame_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select f.id, f.code, f.definition
  from flow.frame as f
  where f.model_id = p_model;
end;

comment on function flow.frame_definitions(bigint) is 'Id, code and definition of each frame of a model.';

revoke all on function flow.frame_definitions(bigint) from public;
