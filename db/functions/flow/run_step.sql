-- Task "workflow.step": go on with a branch, step after step, until it waits or ends.
--
-- All of it is one transaction with the settlement of the task, so what a step does in the
-- database happens exactly once, and so does the way to the next. Each step has a savepoint: one
-- that fails is undone alone, what came before it stays, and the failure is a row of the
-- log.
-- requires: flow.begin_turn flow.do_step flow.log_step flow.fail_step flow.end_turn

create or replace function flow.run_step(p_payload jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: running workflows to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_former constant text := core.source();
  v_turn record;
  v_branch flow.branch;
  v_instance flow.instance;
  v_steps jsonb;
  v_step jsonb;
  v_class bigint;
  v_outcome jsonb;
  v_next text;
begin
  select t.* into v_turn from flow.begin_turn((p_payload ->> 'branch')::bigint, (p_payload ->> 'turn')::integer) as t;
  if not found or (v_turn.instance).state <> 0 then
    return;
  end if;

  v_instance := v_turn.instance;
  v_branch := v_turn.branch;

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

      perform flow.log_step(
        v_branch, case when v_outcome ? 'wait' then 'waits' else 'done' end, v_next, coalesce(v_outcome ->> 'wait', v_outcome ->> 'detail')
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

  perform flow.end_turn(v_instance, v_branch, v_next, v_outcome ->> 'end');

  perform set_config('pgears.rule_depth', '0', true);
  perform core.set_source(v_former);
end;
$$;

comment on function flow.run_step(jsonb) is 'Go on with "branch" at its "turn"; does nothing when that is over. Errors of steps are kept in the log.';

revoke all on function flow.run_step(jsonb) from public;
