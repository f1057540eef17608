-- Tell writers to ring. Gives a fence: until it is passed, the runner must keep looking.
--
-- A writer that read "nobody sleeps" before the flag was set may commit after the runner's
-- last look. Its transaction id is older than the fence, because an insert came before its
-- look at the flag; queue.fence_passed() says when all such are over. The flag is set before
-- this transaction gets its id: setval on an unlogged sequence needs none.

create or replace function queue.fall_asleep(p_runner uuid)
returns xid8
language plpgsql
volatile
security definer  -- lends: the doorbell flag and queue.runner to runners
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fence xid8;
begin
  perform pg_advisory_xact_lock('queue.bell'::regclass::oid::bigint);
  perform setval('queue.bell', 2);
  v_fence := pg_current_xact_id();

  update queue.runner as r set asleep = true where r.id = p_runner;

  return v_fence;
end;
$$;

comment on function queue.fall_asleep(uuid) is 'Set the doorbell flag for a runner; gives the fence for queue.fence_passed().';

revoke all on function queue.fall_asleep(uuid) from public;
grant execute on function queue.fall_asleep(uuid) to pgears_runner;
