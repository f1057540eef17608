-- Step "http": write the call and wait; when it is over, go by what the target answered.
--
-- The state of the call is read anew, so that an instance that failed and is tried again
-- goes on with what a person has made of the call meanwhile.
-- requires: flow.wait_branch http.answer http.store

create or replace function flow.do_call(p_instance flow.instance, p_branch flow.branch, p_step jsonb, p_class bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_deadline constant timestamptz := core.now() + (p_step ->> 'deadline')::interval;
  v_call bigint;
  v_answer jsonb;
  v_state text;
  v_way text;
begin
  if p_branch.woken and p_branch.late then
    return jsonb_build_object('next', p_step -> 'on_deadline', 'detail', 'the deadline came first');
  end if;

  if p_branch.woken then
    v_call := (p_branch.result ->> 'call')::bigint;
    v_answer := http.answer(v_call);
    v_state := v_answer ->> 'state';
  else
    v_call := http.store(
      http.target_id(p_step ->> 'target', (select w.model_id from flow.workflow as w where w.id = p_instance.workflow_id)),
      flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'call'),
      null, p_class, p_instance.record_id, null,
      'workflow.answer', jsonb_build_object('branch', p_branch.id)
    );
  end if;

  if v_state is null or v_state in ('queued', 'sending', 'retrying', 'held') then
    perform flow.wait_branch(p_branch.id, 'answer', v_deadline, null, v_call);
    return jsonb_build_object('wait', 'for call ' || v_call);
  end if;

  -- The most exact way first: 404, then 4xx, then the state of the call; next is for success.
  v_way := coalesce(
    case when v_state <> 'unknown' then p_step -> 'outcomes' ->> (v_answer ->> 'status') end,
    case when v_state <> 'unknown' then p_step -> 'outcomes' ->> (left(v_answer ->> 'status', 1) || 'xx') end,
    p_step -> 'outcomes' ->> v_state,
    case when v_state = 'done' then p_step ->> 'next' end
  );
  if v_way is null then
    raise exception 'call % is %', v_call, v_state
      using errcode = 'PG548', detail = v_answer ->> 'error', hint = 'Look at "pgears http show"; after "pgears http retry", "pgears workflow retry" takes the new answer.';
  end if;

  return jsonb_build_object(
    'next', v_way,
    'variables', case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', v_answer) else '{}' end,
    'detail', concat_ws(' ', 'call', v_call, v_state, v_answer ->> 'status')
  );
end;
$$;

comment on function flow.do_call(flow.instance, flow.branch, jsonb, bigint) is
'Do a step that calls a target and say where to go on. Raises PG541 to PG543, PG548 for an answer that the step has no way for.';

revoke all on function flow.do_call(flow.instance, flow.branch, jsonb, bigint) from public;
