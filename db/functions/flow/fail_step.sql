-- A step has failed: try it again later, take its way for errors, or fail the instance.
--
-- What the step did is undone already. Steps that differ in "attempts" wait 2 s, 4 s, 8 s ... between them.
-- Gives the step to go on with, null when there is none now.
-- The settings are for plans made while the tables were small, as in flow.begin_turn().
-- requires: flow.log_step

create or replace function flow.fail_step(p_branch flow.branch, p_step jsonb, p_error text)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_attempts constant integer := p_branch.attempts + 1;
  v_final constant boolean := v_attempts >= coalesce((p_step ->> 'attempts')::integer, 5);
begin
  perform flow.log_step(p_branch, 'failed', case when v_final then p_step ->> 'on_error' end, p_error);

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
