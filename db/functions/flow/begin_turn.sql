-- Lock a branch at its turn, with its instance; nothing when that turn is over.
--
-- A branch that still waits is here because its timer or deadline has come. Locks are taken in one
-- order: the event that is waited for, the instance, the branch.
-- Apart from flow.run_step(), whose settings would be those of scripts as well. The settings are for
-- plans made while the tables were small: they grow faster than they are analysed.
-- requires: flow.lock_event

create or replace function flow.begin_turn(p_branch bigint, p_turn integer)
returns table (instance flow.instance, branch flow.branch)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  select b.* into branch from flow.branch as b where b.id = p_branch and b.turn = p_turn;
  if not found then
    return;
  end if;

  if branch.waits_for = 'event' then
    perform flow.lock_event(branch.scope, branch.scope_id, branch.event_code);
  end if;

  select i.* into instance from flow.instance as i where i.id = branch.instance_id for update;
  select b.* into branch from flow.branch as b where b.id = p_branch and b.turn = p_turn for update;
  if not found then
    return;
  end if;

  if branch.waits_for is not null then
    update flow.branch as b
    set waits_for = null, woken = true, late = true, turn = b.turn + 1, timer_id = null
    where b.id = p_branch
    returning b.* into branch;
    -- Also while the instance is paused: who would do the task then would do it in vain.
    update flow.assignment as a set state = 'late', completed = core.now() where a.branch_id = p_branch and a.state = 'open';
  end if;

  return next;
end;
$$;

comment on function flow.begin_turn(bigint, integer) is 'Lock a branch and its instance for a step; no row when the turn is over.';

revoke all on function flow.begin_turn(bigint, integer) from public;
