-- Sign a runner off: what it still holds is ready again at once, and not counted as begun.
-- requires: queue.ring

create or replace function queue.stop_runner(p_runner uuid)
returns void
language plpgsql
volatile
security definer  -- lends: writing queue.task and queue.runner to runners
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from queue.runner as r where r.id = p_runner for update;

  update queue.task as t
  set state = 'ready', turn = nextval('queue.turn'), attempts = t.attempts - 1, runner = null, token = null
  where t.state = 'leased' and t.runner = p_runner;

  perform queue.wake_up(p_runner);
  delete from queue.runner as r where r.id = p_runner;
  perform queue.ring();
end;
$$;

comment on function queue.stop_runner(uuid) is 'Sign a runner off and give back what it holds.';

revoke all on function queue.stop_runner(uuid) from public;
grant execute on function queue.stop_runner(uuid) to pgears_runner;
