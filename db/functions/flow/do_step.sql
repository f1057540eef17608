-- Do one step of an instance, which the caller has locked. What it says is where to go on.
--
-- {"next": step}, {"wait": what} when the branch now waits, {"end": "branch" or "all"}; with
-- "variables" to merge and "detail" for the log. A branch that was woken comes here
-- again with its result.
-- requires: flow.evaluate flow.evaluate_map flow.wait_branch flow.begin_event flow.begin_task flow.do_call flow.do_sync

create or replace function flow.do_step(p_instance flow.instance, p_branch flow.branch, p_step jsonb, p_class bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_result jsonb;
  v_next constant jsonb := jsonb_build_object('next', p_step -> 'next');
  v_child bigint;
  v_branch bigint;
begin
  case p_step ->> 'kind'
    when 'start' then
      return v_next;

    when 'condition' then
      v_result := flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'when');
      return jsonb_build_object('next', case when v_result = 'true' then p_step -> 'yes' else p_step -> 'no' end);

    when 'set' then
      return v_next || jsonb_build_object('variables', flow.evaluate_map(p_instance, p_class, p_step -> 'set'));

    when 'script' then
      v_result := flow.execute_script((p_step ->> 'script_id')::bigint, jsonb_build_object(
        'instance', p_instance.id, 'step', p_branch.step, 'variables', p_instance.variables,
        'parameters', flow.evaluate_map(p_instance, p_class, p_step -> 'parameters'),
        'class', meta.class_path(p_instance.class_id), 'record', flow.record_of(p_instance.class_id, p_instance.record_id)
      ));
      return v_next || case when jsonb_typeof(v_result -> 'variables') = 'object' then jsonb_build_object('variables', v_result -> 'variables') else '{}' end;

    when 'mail' then
      perform flow.send_notification(
        (p_step ->> 'notification_id')::bigint, array[p_instance.record_id],
        p_instance.variables || flow.evaluate_map(p_instance, p_class, p_step -> 'variables')
      );
      return v_next;

    when 'enqueue' then
      perform queue.enqueue(p_step ->> 'task', flow.evaluate_map(p_instance, p_class, p_step -> 'parameters') || jsonb_build_object('instance', p_instance.id, 'step', p_branch.step));
      return v_next;

    when 'import', 'export' then
      if p_branch.woken then
        if p_branch.result ->> 'error' is not null then
          raise exception '%', p_branch.result ->> 'error'
            using errcode = 'PG517', hint = 'Look at its run: pgears imports runs, pgears exports runs.';
        end if;
        return v_next || jsonb_build_object(
          'variables', case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', p_branch.result -> 'facts') else '{}' end
        );
      end if;
      perform queue.enqueue('batch.' || (p_step ->> 'kind'), jsonb_build_object(
        'code', p_step -> (p_step ->> 'kind'), 'parameters', flow.evaluate_map(p_instance, p_class, p_step -> 'parameters'),
        'cause', 'workflow', 'cause_key', jsonb_build_object('branch', p_branch.id, 'turn', p_branch.turn)
      ));
      perform flow.wait_branch(p_branch.id, 'run');
      return jsonb_build_object('wait', format('for the %s %s', p_step ->> 'kind', p_step ->> (p_step ->> 'kind')));

    when 'raise' then
      perform flow.raise_event(
        flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'event') #>> '{}',
        coalesce(p_step ->> 'scope', 'global'),
        case p_step ->> 'scope' when 'instance' then p_instance.id when 'workflow' then p_instance.workflow_id else 0 end,
        jsonb_build_object('instance', p_instance.id, 'variables', p_instance.variables)
      );
      return v_next;

    when 'timer' then
      if p_branch.woken then
        return v_next;
      end if;
      perform flow.wait_branch(p_branch.id, 'timer', core.now() + (p_step ->> 'wait')::interval);
      return jsonb_build_object('wait', 'until ' || (core.now() + (p_step ->> 'wait')::interval));

    when 'event' then
      if p_branch.woken and p_branch.late then
        return jsonb_build_object('next', p_step -> 'on_deadline', 'detail', 'the deadline came first');
      end if;
      v_result := case when p_branch.woken then p_branch.result else flow.begin_event(p_instance, p_branch, p_step, p_class) end;
      if v_result is null then
        return jsonb_build_object('wait', 'for an event');
      end if;
      return v_next || jsonb_build_object('variables', case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', v_result) else '{}' end);

    when 'task' then
      if not p_branch.woken then
        if p_step ? 'before_id' then
          v_result := flow.execute_script((p_step ->> 'before_id')::bigint, jsonb_build_object(
            'instance', p_instance.id, 'step', p_branch.step, 'variables', p_instance.variables,
            'class', meta.class_path(p_instance.class_id), 'record', flow.record_of(p_instance.class_id, p_instance.record_id)
          ));
          v_result := jsonb_build_object('variables', case when jsonb_typeof(v_result -> 'variables') = 'object' then v_result -> 'variables' else '{}' end);
          p_instance.variables := p_instance.variables || (v_result -> 'variables');
        end if;
        perform flow.begin_task(p_instance, p_branch, p_step, p_class);
        return jsonb_build_object('wait', 'for a person') || coalesce(v_result, '{}');
      elsif p_branch.late then
        return jsonb_build_object('next', p_step -> 'on_deadline', 'detail', 'the deadline came first');
      end if;
      return jsonb_build_object(
        'next', coalesce(p_step -> 'next', p_step -> 'outcomes' -> (p_branch.result ->> 'outcome')),
        'variables', coalesce(p_branch.result -> 'variables', '{}')
          || case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', p_branch.result -> 'outcome') else '{}' end,
        'detail', format('%s by %s', p_branch.result ->> 'outcome', p_branch.result ->> 'by')
      );

    when 'workflow' then
      if p_branch.woken then
        if p_branch.result -> 'state' <> '1' then
          raise exception 'workflow % ended as %', p_step ->> 'workflow', flow.state_name((p_branch.result ->> 'state')::smallint)
            using errcode = 'PG517', hint = coalesce(p_branch.result ->> 'error', 'Look at its log.');
        end if;
        return v_next || jsonb_build_object(
          'variables', case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', p_branch.result -> 'variables') else '{}' end
        );
      end if;
      v_child := flow.start_instance(
        flow.workflow_id(p_step ->> 'workflow', (select w.model_id from flow.workflow as w where w.id = p_instance.workflow_id)),
        p_instance.class_id, p_instance.record_id, flow.evaluate_map(p_instance, p_class, p_step -> 'variables'),
        null, case when p_step -> 'wait' is distinct from 'false' then p_branch.id end
      );
      if p_step -> 'wait' = 'false' then
        return v_next || jsonb_build_object('detail', 'started ' || v_child);
      end if;
      perform flow.wait_branch(p_branch.id, 'workflow');
      return jsonb_build_object('wait', 'for instance ' || v_child);

    when 'http' then
      return flow.do_call(p_instance, p_branch, p_step, p_class);
    when 'sync' then
      return flow.do_sync(p_branch, p_step);

    when 'parallel' then
      if p_branch.woken then
        return v_next;
      end if;
      perform flow.wait_branch(p_branch.id, 'branches');
      for v_result in select b.target from jsonb_array_elements(p_step -> 'branches') as b (target) loop
        insert into flow.branch (instance_id, parent_id, step, since)
        values (p_instance.id, p_branch.id, v_result #>> '{}', core.now())
        returning id into v_branch;
        perform flow.enqueue_branch(v_branch, 1);
      end loop;
      return jsonb_build_object('wait', 'for its branches');

    when 'join' then
      return jsonb_build_object('end', 'branch');

    when 'end' then
      return jsonb_build_object(
        'end', case when p_step -> 'all' = 'true' then 'all' else 'branch' end,
        'detail', flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'message') #>> '{}'
      );
  end case;
end;
$$;

comment on function flow.do_step(flow.instance, flow.branch, jsonb, bigint) is 'Do a step and say where to go on. Raises what the step raises.';

revoke all on function flow.do_step(flow.instance, flow.branch, jsonb, bigint) from public;
