-- Notifications of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function flow.notification_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    n.id,
    n.code,
    n.definition || jsonb_strip_nulls(jsonb_build_object('class', meta.class_path(n.class_id)))
  from flow.notification as n
  where n.model_id = p_model;
end;

comment on function flow.notification_definitions(bigint) is 'Id, code and definition of each notification of a model.';

revoke all on function flow.notification_definitions(bigint) from public;
