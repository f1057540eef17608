-- Exports of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function batch.export_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    e.id,
    e.code,
    e.definition || case when e.class_id is not null then jsonb_build_object('class', meta.class_path(e.class_id)) else '{}' end
  from batch.export as e
  where e.model_id = p_model;
end;

comment on function batch.export_definitions(bigint) is 'Id, code and definition of each export of a model.';

revoke all on function batch.export_definitions(bigint) from public;
