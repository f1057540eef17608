-- Steps as the engine reads them: ids for codes, SQL for conditions and formats, all tried.
-- requires: flow.compile_call flow.evaluate flow.workflow_expression flow.workflow_format

create or replace function flow.compile_steps(p_model bigint, p_class bigint, p_steps jsonb)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text;
  v_step jsonb;
  v_key text;
  v_map jsonb;
  v_sql text;
  v_pair record;
  v_id bigint;
  v_compiled jsonb := '{}'::jsonb;
begin
  for v_code, v_step in select s.key, s.value from jsonb_each(p_steps) as s order by s.key loop
    begin
      for v_key in select k.key from unnest(array['when']) as k (key) where v_step ? k.key loop
        v_sql := format('(%s)::boolean', flow.workflow_expression(p_class, v_step ->> v_key));
        perform flow.evaluate(p_class, null, null, '{}', v_sql);
        v_step := v_step || jsonb_build_object(v_key, v_sql);
      end loop;

      for v_key in select k.key from unnest(array['event', 'assignee', 'subject', 'message']) as k (key) where v_step ? k.key loop
        v_sql := flow.workflow_format(p_class, v_step ->> v_key);
        perform flow.evaluate(p_class, null, null, '{}', v_sql);
        v_step := v_step || jsonb_build_object(v_key, v_sql);
      end loop;

      for v_key in select k.key from unnest(array['set', 'parameters', 'variables']) as k (key) where jsonb_typeof(v_step -> k.key) = 'object' loop
        v_map := '{}'::jsonb;
        for v_pair in select m.key, m.value from jsonb_each_text(v_step -> v_key) as m loop
          v_sql := flow.workflow_expression(p_class, v_pair.value);
          perform flow.evaluate(p_class, null, null, '{}', v_sql);
          v_map := v_map || jsonb_build_object(v_pair.key, v_sql);
        end loop;
        v_step := v_step || jsonb_build_object(v_key, v_map);
      end loop;
    exception
      when syntax_error_or_access_rule_violation or datatype_mismatch or undefined_function then
        raise exception 'step "%" does not compile: %', v_code, sqlerrm
          using
            errcode = 'PG119',
            detail = concat_ws('.', '$.steps', v_code, v_key),
            hint = 'Write SQL over {{column.x}}, {{variables.x}}, {{record.id}}; a text stands in single quotes.';
      when data_exception then
        -- Empty variables cannot be cast; real ones may.
        v_step := v_step || case when v_map is null then jsonb_build_object(v_key, v_sql) else '{}' end;
    end;

    for v_key in select k.key from unnest(array['before', 'after']) as k (key) where v_step ->> 'kind' = 'task' and v_step ? k.key loop
      v_step := v_step || jsonb_build_object(v_key || '_id', flow.script_id(v_step ->> v_key, p_model));
    end loop;

    case v_step ->> 'kind'
      when 'script' then
        v_step := v_step || jsonb_build_object('script_id', flow.script_id(v_step ->> 'script', p_model));
      when 'http' then
        v_sql := flow.compile_call(
          p_model, p_class, v_step - array['kind', 'name', 'next', 'outcomes', 'into', 'deadline', 'on_deadline', 'on_error'], '$.steps.' || v_code, true
        );
        -- A class made in the same bundle of changes may still lack them.
        perform meta.build_system_columns(p_class) where p_class is not null;
        perform flow.evaluate(p_class, null, null, '{}', v_sql);
        -- A repetition would be another call; the attempts are those of the target.
        v_step := v_step || jsonb_build_object('call', v_sql, 'attempts', 1);
      when 'sync' then
        v_step := v_step || jsonb_build_object('sync', sync.definition_path(v_step ->> 'sync', p_model));
      when 'enqueue' then
        if not exists (select from queue.kinds() as k where k.kind = v_step ->> 'task') then
          raise exception 'there is no kind of task "%"', v_step ->> 'task'
            using errcode = 'PG301', detail = format('$.steps.%s.task', v_code), hint = 'Register it with queue.register_kind().';
        end if;
      when 'mail', 'task' then
        if v_step ? 'notify' then
          select n.id into v_id
          from flow.notification as n
          where n.model_id = p_model and n.code = v_step ->> 'notify' and (n.class_id is null or n.class_id = p_class);
          if v_id is null then
            raise exception 'there is no notification "%" about the class of the workflow, or about none', v_step ->> 'notify'
              using errcode = 'PG106', detail = format('$.steps.%s.notify', v_code), hint = 'Define the notification first, for the same class or without one.';
          end if;
          v_step := v_step || jsonb_build_object('notification_id', v_id);
        end if;
      else
        null;
    end case;

    v_compiled := v_compiled || jsonb_build_object(v_code, v_step);
  end loop;

  return v_compiled;
end;
$$;

comment on function flow.compile_steps(bigint, bigint, jsonb) is 'Compiled steps. Raises PG106, PG110, PG111, PG119, PG301, PG501, PG541, PG542, PG740.';

revoke all on function flow.compile_steps(bigint, bigint, jsonb) from public;
