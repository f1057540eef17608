-- Synchronisations of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function sync.sync_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select d.id, d.code, d.definition || jsonb_build_object('class', meta.class_path(d.class_id))
  from sync.definition as d
  where d.model_id = p_model;
end;

comment on function sync.sync_definitions(bigint) is 'Id, code and definition of each synchronisation of a model.';

revoke all on function sync.sync_definitions(bigint) from public;
