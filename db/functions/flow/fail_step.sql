-- A step has failed: try it again later, take its way for errors, or fail the instance.
--
-- What the step did is undone already. Steps that differ in "attempts" wait 2 s, 4 s, 8 s ... between them.
-- Gives the step to go on with, null when there is none now.

create or replace function flow.fail_step(p_branch flow.branch, p_step jsonb, p_error text)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempts constant integer := p_branch.attempts + 1;
  v_final constant boolean := v_attempts >= coalesce((p_step ->> 'attempts')::integer, 5);
begin
  insert into flow.step_log (instance_id, branch_id, step, outcome, next, at, detail)
  values (p_branch.instance_id, p_branch.id, p_branch.step, 'failed', case when v_final then p_step ->> 'on_error' end, core.now(), p_error);

  if v_final and p_step ? 'on_error' then
    return p_step ->> 'on_error';
  end if;

  update flow.branch as b
  set attempts = v_attempts, turn = b.turn + 1
  where b.id = p_branch.id;

  if v_final then
    update flow.instance as i
    set state = 3, error = format('%s: %s', p_branch.step, p_error)
    where i.id = p_branch.instance_id;
  else
    perform flow.enqueue_branch(p_branch.id, p_branch.turn + 1, core.now() + least(power(2, v_attempts) * interval '1 second', interval '10 minutes'));
  end if;

  return null;
end;
$$;

comment on function flow.fail_step(flow.branch, jsonb, text) is 'Record a failed attempt of a step and say where to go on.';

revoke all on function flow.fail_step(flow.branch, jsonb, text) from public;
