-- A busy runner needs no ringing; the flag stays while another one sleeps.
--
-- The lock is taken before looking at the others, so two that wake or fall asleep at once
-- see each other.

create or replace function queue.wake_up(p_runner uuid)
returns void
language plpgsql
volatile
security definer  -- lends: the doorbell flag and queue.runner to runners
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock('queue.bell'::regclass::oid::bigint);
  update queue.runner as r set asleep = false where r.id = p_runner;

  if not exists (select from queue.runner as r where r.asleep) then
    perform setval('queue.bell', 1);
  end if;
end;
$$;

comment on function queue.wake_up(uuid) is 'Take back a runner''s wish to be rung for.';

revoke all on function queue.wake_up(uuid) from public;
grant execute on function queue.wake_up(uuid) to pgears_runner;
