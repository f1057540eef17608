-- What a branch waited for has come: it goes on, at once or when its instance is resumed.
--
-- It gets its task in any case: not everybody who wakes has locked the instance, and somebody may be
-- resuming it. The task of one that is paused does nothing.
-- The settings are for plans made while the tables were small, as in flow.begin_turn().
-- requires: flow.enqueue_branch queue.withdraw

create or replace function flow.wake_branch(p_branch bigint, p_result jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_branch flow.branch;
begin
  update flow.branch as b
  set waits_for = null, woken = true, result = p_result, turn = b.turn + 1
  where b.id = p_branch and b.waits_for is not null
  returning b.* into v_branch;

  if found then
    perform queue.withdraw(v_branch.timer_id);
    perform flow.enqueue_branch(v_branch.id, v_branch.turn);
  end if;
end;
$$;

comment on function flow.wake_branch(bigint, jsonb) is 'Let a waiting branch go on with a result.';

revoke all on function flow.wake_branch(bigint, jsonb) from public;
