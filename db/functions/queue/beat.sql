-- Heartbeat: a runner says that it lives, and whether it hears the doorbell.
--
-- One row is written, however many tasks it holds. False: it was declared dead, and what it
-- held is others' now.

create or replace function queue.beat(
  p_runner uuid,
  p_lease interval default '30 seconds',
  p_listening text default 'unknown'
)
returns boolean
language plpgsql
volatile
security definer  -- lends: writing queue.runner to runners
set search_path = pg_catalog, pg_temp
as $$
begin
  update queue.runner as r
  set seen = now(), lease_until = core.now() + p_lease, listening = p_listening
  where r.id = p_runner;

  return found;
end;
$$;

comment on function queue.beat(uuid, interval, text) is 'Extend the lease of a runner; false when it was declared dead.';

revoke all on function queue.beat(uuid, interval, text) from public;
grant execute on function queue.beat(uuid, interval, text) to pgears_runner;
