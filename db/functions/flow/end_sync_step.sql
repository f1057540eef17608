-- A synchronisation for a branch has ended: the branch goes on, if it still waits for this attempt.
-- requires: flow.wake_branch

create or replace function flow.end_sync_step(p_branch bigint, p_attempt integer, p_result jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: waking branches to the runner
set search_path = pg_catalog, pg_temp
as $$
begin
  perform
  from flow.branch as b
  inner join flow.instance as i on b.instance_id = i.id
  where b.id = p_branch and b.waits_for = 'sync' and b.attempts = p_attempt
  for update of i;

  if found then
    perform flow.wake_branch(p_branch, p_result || jsonb_build_object('attempt', p_attempt));
  end if;
end;
$$;

comment on function flow.end_sync_step(bigint, integer, jsonb) is 'Let a branch go on with the result of a synchronisation.';

revoke all on function flow.end_sync_step(bigint, integer, jsonb) from public;
grant execute on function flow.end_sync_step(bigint, integer, jsonb) to pgears_runner;
