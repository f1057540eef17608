-- Values of compiled expressions by key, for an instance.
-- requires: flow.evaluate

create or replace function flow.evaluate_map(p_instance flow.instance, p_class bigint, p_map jsonb)
returns jsonb
language sql
volatile
begin atomic
  select coalesce(jsonb_object_agg(m.key, flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, m.value)), '{}')
  from jsonb_each_text(coalesce(p_map, '{}')) as m;
end;

comment on function flow.evaluate_map(flow.instance, bigint, jsonb) is 'Object of the values of a map of expressions.';

revoke all on function flow.evaluate_map(flow.instance, bigint, jsonb) from public;
