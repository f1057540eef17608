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
    r.definition
    || jsonb_build_object('class', meta.class_path(r.class_id), 'enabled', r.enabled, 'position', r.position)
    || case
      when r.action = 'set' then jsonb_build_object('set', (
        select jsonb_object_agg(substr(f.key, 10, length(f.key) - 11), f.value) from jsonb_each(r.definition -> 'set') as f
      ))
      else '{}'
    end
    || case
      when r.event = 'on_date' then jsonb_build_object('date', regexp_replace(r.definition ->> 'date', '^\{\{column\.|\}\}$', '', 'g'))
      else '{}'
    end
  from flow.rule as r
  where r.model_id = p_model;
end;

comment on function flow.rule_definitions(bigint) is 'Id, code and definition of each rule of a model.';

revoke all on function flow.rule_definitions(bigint) from public;
