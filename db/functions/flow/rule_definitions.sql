-- Rules of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function flow.rule_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    r.id,
    r.code,
    r.definition || jsonb_build_object('class', meta.class_path(r.class_id), 'notify', n.code, 'enabled', r.enabled, 'position', r.position)
  from flow.rule as r
  inner join flow.notification as n on r.notification_id = n.id
  where r.model_id = p_model;
end;

comment on function flow.rule_definitions(bigint) is 'Id, code and definition of each rule of a model.';

revoke all on function flow.rule_definitions(bigint) from public;
