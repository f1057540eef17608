-- Make or change a rule and build it into the triggers of its class.
--
-- Only classes with rules pay for them. The condition is tried on the class table first: a
-- rule that does not compile never reaches a writer.

create or replace function flow.set_rule(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: building class triggers to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_notification bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'rule');
  perform meta.check_definition('rule', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');

  select n.id into v_notification
  from flow.notification as n
  where n.model_id = p_model and n.code = p_definition ->> 'notify' and n.class_id = v_class;

  if v_notification is null then
    raise exception 'there is no notification "%" about the class of rule "%"', p_definition ->> 'notify', p_code
      using errcode = 'PG106', hint = 'Define the notification for the same class first.';
  end if;

  perform flow.try_condition(v_class, p_definition ->> 'when', p_code);
  perform flow.unhook_rule(r.id) from flow.rule as r where r.model_id = p_model and r.code = p_code;

  insert into flow.rule as r (model_id, code, class_id, event, notification_id, enabled, position, definition)
  values (
    p_model,
    p_code,
    v_class,
    p_definition ->> 'event',
    v_notification,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'position')::integer, 0),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    event = excluded.event,
    notification_id = excluded.notification_id,
    enabled = excluded.enabled,
    position = excluded.position,
    definition = excluded.definition
  returning r.id into v_id;

  insert into meta.class_hook (class_id, code, event, position, statement)
  select
    r.class_id,
    'rule ' || r.id,
    case r.event when 'after_insert' then 'inserted' else 'updated' end,
    r.position,
    flow.rule_statement(r.id)
  from flow.rule as r
  where r.id = v_id and r.enabled;

  perform meta.touch_class(v_class);
  return v_id;
end;
$$;

comment on function flow.set_rule(bigint, text, jsonb) is
'Id of a rule, made or changed. Keys: class, event (after_insert, after_update), when, notify, enabled, position. Raises PG106, PG110 to PG114, PG119.';

revoke all on function flow.set_rule(bigint, text, jsonb) from public;
grant execute on function flow.set_rule(bigint, text, jsonb) to pgears_admin;
