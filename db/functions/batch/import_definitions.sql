-- Imports of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function batch.import_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select i.id, i.code, i.definition || jsonb_build_object('class', meta.class_path(i.class_id))
  from batch.import as i
  where i.model_id = p_model;
end;

comment on function batch.import_definitions(bigint) is 'Id, code and definition of each import of a model.';

revoke all on function batch.import_definitions(bigint) from public;
