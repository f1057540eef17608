-- Task "workflow.step": go on with a branch, step after step, until it waits or ends.
--
-- All of it is one transaction with the settlement of the task, so what a step does in the
-- database happens exactly once, and so does the way to the next. Each step has a savepoint: one
-- that fails is undone alone, what came before it stays, and the failure is a row of the
-- log. Locks are taken in one order: the event that is waited for, the instance, the branch.
-- requires: flow.do_step flow.end_branch flow.fail_step flow.cancel_branches flow.finish_instance

create or replace function flow.run_step(p_payload jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: running workflows to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_former constant text := core.source();
  v_branch flow.branch;
  v_instance flow.instance;
  v_steps jsonb;
  v_step jsonb;
  v_class bigint;
  v_outcome jsonb;
  v_next text;
begin
  select b.* into v_branch
  from flow.branch as b
  where b.id = (p_payload ->> 'branch')::bigint and b.turn = (p_payload ->> 'turn')::integer;
  if not found then
    return;
  end if;

  if v_branch.waits_for = 'event' then
    perform flow.lock_event(v_branch.scope, v_branch.scope_id, v_branch.event_code);
  end if;

  select i.* into v_instance from flow.instance as i where i.id = v_branch.instance_id for update;
  select b.* into v_branch
  from flow.branch as b
  where b.id = v_branch.id and b.turn = v_branch.turn
  for update;
  if not found then
    return;
  end if;

  if v_branch.waits_for is not null then
    -- A timer or deadline has come.
    update flow.branch as b
    set waits_for = null, woken = true, late = true, turn = b.turn + 1, timer_id = null
    where b.id = v_branch.id
    returning b.* into v_branch;
  end if;

  if v_instance.state <> 0 then
    return;
  end if;

  select v.compiled, coalesce(v_instance.class_id, w.class_id) into v_steps, v_class
  from flow.workflow_version as v
  inner join flow.workflow as w on v.workflow_id = w.id
  where v.workflow_id = v_instance.workflow_id and v.version = v_instance.version;

  perform core.set_source('workflow');
  perform set_config('pgears.rule_depth', v_instance.depth::text, true);

  for v_count in 1..100 loop
    v_step := v_steps -> v_branch.step;
    v_next := null;

    begin
      if v_instance.steps >= 100000 then
        raise exception 'instance % has done % steps', v_instance.id, v_instance.steps
          using errcode = 'PG517', hint = 'Its steps lead round in a circle.';
      end if;

      v_outcome := flow.do_step(v_instance, v_branch, v_step, v_class);
      v_next := v_outcome ->> 'next';

      insert into flow.step_log (instance_id, branch_id, step, outcome, next, at, detail)
      values (
        v_instance.id, v_branch.id, v_branch.step, case when v_outcome ? 'wait' then 'waits' else 'done' end,
        v_next, core.now(), coalesce(v_outcome ->> 'wait', v_outcome ->> 'detail')
      );
    exception
      when others then
        if sqlstate like '40%' or sqlstate like '57%' then
          raise;
        end if;
        v_outcome := null;
        v_next := flow.fail_step(v_branch, v_step, format('%s: %s', sqlstate, sqlerrm));
    end;

    if jsonb_typeof(v_outcome -> 'variables') = 'object' then
      v_instance.variables := v_instance.variables || (v_outcome -> 'variables');
    end if;
    v_instance.steps := v_instance.steps + 1;
    exit when v_next is null;
    v_branch.step := v_next;
    v_branch.attempts := 0;
    v_branch.woken := false;
    v_branch.late := false;
    v_branch.result := null;
  end loop;

  update flow.instance as i
  set variables = v_instance.variables, steps = v_instance.steps
  where i.id = v_instance.id;

  if v_next is not null then
    update flow.branch as b
    set step = v_branch.step, attempts = 0, woken = false, late = false, result = null, turn = b.turn + 1
    where b.id = v_branch.id;
    perform flow.enqueue_branch(v_branch.id, v_branch.turn + 1);
  elsif v_outcome ->> 'end' = 'all' then
    delete from flow.branch as b where b.id = v_branch.id;
    perform flow.cancel_branches(v_instance.id, 'the workflow was ended by ' || v_branch.step);
    perform flow.finish_instance(v_instance.id, 1::smallint);
  elsif v_outcome ->> 'end' = 'branch' then
    perform flow.end_branch(v_branch);
  else
    -- It waits, or failed: remember where, and what a step that is tried again was woken by.
    update flow.branch as b
    set step = v_branch.step, woken = v_branch.woken, late = v_branch.late, result = v_branch.result
    where b.id = v_branch.id;
  end if;

  perform set_config('pgears.rule_depth', '0', true);
  perform core.set_source(v_former);
end;
$$;

comment on function flow.run_step(jsonb) is 'Go on with "branch" at its "turn"; does nothing when that is over. Errors of steps are kept in the log.';

revoke all on function flow.run_step(jsonb) from public;
