-- Make or change a rule and build it into the triggers of its class.
--
-- Only classes with rules pay for them. Conditions, formulas and texts are compiled first: a
-- rule that does not compile never reaches a writer.
-- requires: flow.rule_hook

create or replace function flow.set_rule(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: building class triggers to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actions constant text[] := array(
    select a.action from unnest(array['notify', 'set', 'refuse', 'script', 'raise', 'start', 'enqueue', 'call']) as a (action)
    where p_definition ? a.action
  );
  v_action constant text := v_actions[1];
  v_event constant text := p_definition ->> 'event';
  v_definition jsonb := p_definition;
  v_class bigint;
  v_notification bigint;
  v_script bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'rule');
  perform meta.check_definition('rule', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');

  if cardinality(v_actions) <> 1 then
    raise exception 'rule "%" has % actions', p_code, cardinality(v_actions)
      using errcode = 'PG113', detail = '$', hint = 'Give it exactly one of notify, set, refuse, script, raise, start, enqueue, call.';
  elsif v_action <> all (
    case
      when v_event = 'before_delete' then array['refuse', 'script']
      when v_event like 'before%' then array['set', 'refuse', 'script']
      when v_event = 'on_date' then array['notify', 'script', 'raise', 'start', 'enqueue', 'call']
      when v_event = 'after_delete' then array['script', 'raise', 'start', 'enqueue', 'call']
      else array['notify', 'script', 'raise', 'start', 'enqueue', 'call']
    end
  ) then
    raise exception 'the action "%" of rule "%" cannot be done at "%"', v_action, p_code, v_event
      using
        errcode = 'PG113',
        detail = '$.' || v_action,
        hint = 'Before saving: set, refuse, script; before deleting: refuse, script; after it: script, raise, start, enqueue, call, and notify while the row is there.';
  end if;

  if v_event = 'on_date' then
    v_definition := flow.check_dates(v_class, p_definition, p_code);
  elsif p_definition ?| array['date', 'offsets'] then
    raise exception 'rule "%" has a date but is not asked on_date', p_code
      using errcode = 'PG113', detail = '$.event', hint = 'Leave date and offsets out, or take the event on_date.';
  end if;

  case v_action
    when 'notify' then
      select n.id into v_notification
      from flow.notification as n
      where n.model_id = p_model and n.code = p_definition ->> 'notify' and n.class_id = v_class;

      if v_notification is null then
        raise exception 'there is no notification "%" about the class of rule "%"', p_definition ->> 'notify', p_code
          using errcode = 'PG106', hint = 'Define the notification for the same class first.';
      end if;
    when 'script' then
      v_script := flow.script_id(p_definition ->> 'script', p_model);
    when 'set' then
      v_definition := jsonb_set(v_definition, '{set}', flow.stored_formulas(v_class, p_definition -> 'set', p_code));
    when 'raise' then
      perform meta.format_expression(v_class, p_definition ->> 'raise', false);
    when 'start' then
      perform flow.workflow_id(p_definition ->> 'start', p_model);
    when 'call' then
      -- A class made in the same bundle of changes may still lack them.
      perform meta.build_system_columns(v_class);
      execute format(
        'select %s from data.datarow_%s as r limit 0', flow.compile_call(p_model, v_class, p_definition -> 'call', '$.call', false), v_class
      );
    when 'enqueue' then
      if not exists (select from queue.kinds() as k where k.kind = p_definition ->> 'enqueue') then
        raise exception 'there is no kind of task "%"', p_definition ->> 'enqueue'
          using errcode = 'PG301', detail = '$.enqueue', hint = 'Register it with queue.register_kind().';
      end if;
    else
      null;
  end case;

  perform flow.try_condition(v_class, p_definition ->> 'when', p_code);
  perform flow.unhook_rule(r.id) from flow.rule as r where r.model_id = p_model and r.code = p_code;

  insert into flow.rule as r (model_id, code, class_id, event, action, notification_id, script_id, enabled, position, definition, since)
  values (
    p_model,
    p_code,
    v_class,
    v_event,
    v_action,
    v_notification,
    v_script,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'position')::integer, 0),
    v_definition,
    core.now()
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    event = excluded.event,
    action = excluded.action,
    notification_id = excluded.notification_id,
    script_id = excluded.script_id,
    enabled = excluded.enabled,
    position = excluded.position,
    definition = excluded.definition
  returning r.id into v_id;

  -- What refuses comes before what acts, whatever the positions.
  insert into meta.class_hook (class_id, code, event, position, statement, once)
  select
    r.class_id,
    'rule ' || r.id,
    flow.rule_hook(r.event, r.action),
    r.position - case when r.event like 'before%' then 1000000 else 0 end,
    flow.rule_statement(r.id),
    true
  from flow.rule as r
  where r.id = v_id and r.enabled and r.event <> 'on_date';

  perform meta.touch_class(v_class);
  return v_id;
end;
$$;

comment on function flow.set_rule(bigint, text, jsonb) is
'Id of a rule, made or changed. Keys: class, event, when, date, offsets, one action (notify, set, refuse, script, raise, start, enqueue, call), enabled, position. '
'Raises PG106, PG110 to PG114, PG119, PG301, PG501, PG510, PG541, PG542.';

revoke all on function flow.set_rule(bigint, text, jsonb) from public;
grant execute on function flow.set_rule(bigint, text, jsonb) to pgears_admin;
