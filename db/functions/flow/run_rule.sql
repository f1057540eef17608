-- Task "rule": do the action of a rule for the rows named, or taken along.
--
-- Runs and settles in one transaction, so each row is acted on once per change, whatever
-- happens to the runner. A rule dropped meanwhile does nothing; rows deleted meanwhile get no mail.
-- requires: flow.record_by_codes flow.send_notification

create or replace function flow.run_rule(p_payload jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: reading the rows and doing the actions of rules to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule record;
  v_item jsonb;
  v_code text;
  v_record jsonb;
  v_call jsonb;
  v_former constant text := core.source();
begin
  select r.*, m.code || '.' || r.code as name into v_rule
  from flow.rule as r
  inner join meta.model as m on r.model_id = m.id
  where r.id = (p_payload ->> 'rule')::bigint;

  if not found then
    return;
  elsif v_rule.action = 'notify' then
    perform flow.send_notification(
      v_rule.notification_id, array(select i.id::bigint from jsonb_array_elements_text(p_payload -> 'ids') as i (id))
    );
    return;
  end if;

  perform set_config('pgears.rule_depth', p_payload ->> 'depth', true);
  perform core.set_source('script');

  for v_item in select i.item from jsonb_array_elements(p_payload -> 'records') as i (item) loop
    v_record := flow.record_by_codes(v_rule.class_id, v_item -> 'record');

    case v_rule.action
      when 'script' then
        perform flow.execute_script(v_rule.script_id, jsonb_build_object(
          'event', v_rule.event, 'rule', v_rule.name, 'class', meta.class_path(v_rule.class_id),
          'record', v_record, 'old', flow.record_by_codes(v_rule.class_id, v_item -> 'old')
        ));
      when 'raise' then
        execute format(
          'select %s from jsonb_populate_record(null::data.datarow_%s, $1) as r',
          meta.format_expression(v_rule.class_id, v_rule.definition ->> 'raise', false), v_rule.class_id
        )
        using v_item -> 'record' into v_code;
        perform flow.raise_event(v_code, 'global', 0, jsonb_build_object('class', meta.class_path(v_rule.class_id), 'record', v_record));
      when 'start' then
        perform flow.start_instance(
          flow.workflow_id(v_rule.definition ->> 'start', v_rule.model_id), v_rule.class_id, (v_item -> 'record' ->> 'id')::bigint, '{}'
        );
      when 'call' then
        execute format(
          'select %s from jsonb_populate_record(null::data.datarow_%s, $1) as r',
          flow.compile_call(v_rule.model_id, v_rule.class_id, v_rule.definition -> 'call', '$.call', false), v_rule.class_id
        )
        using v_item -> 'record' into v_call;
        perform http.store(
          http.target_id(v_rule.definition -> 'call' ->> 'target', v_rule.model_id), v_call, null,
          v_rule.class_id, (v_item -> 'record' ->> 'id')::bigint, p_strict => false
        );
      when 'enqueue' then
        perform queue.enqueue(v_rule.definition ->> 'enqueue', jsonb_build_object(
          'class', meta.class_path(v_rule.class_id), 'record', v_record, 'old', flow.record_by_codes(v_rule.class_id, v_item -> 'old')
        ));
    end case;
  end loop;

  perform core.set_source(v_former);
  perform set_config('pgears.rule_depth', '0', true);
end;
$$;

comment on function flow.run_rule(jsonb) is 'Run a rule for the rows in "ids" or "records". Raises what its action raises.';

revoke all on function flow.run_rule(jsonb) from public;
