-- Take over from runners whose lease ran out: their tasks are ready again, or dead after
-- their last attempt, and writers stop ringing for them. Gives the number of runners.
--
-- The runner's row is locked before its tasks are looked for: a claim under way holds the
-- row, so nothing is leased to a runner that is gone.

create or replace function queue.sweep()
returns integer
language plpgsql
volatile
security definer  -- lends: writing the tables of the queue to runners
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost uuid[];
begin
  v_lost := array(
    select r.id
    from queue.runner as r
    where r.lease_until < (select core.now())
    for update skip locked
  );

  if v_lost <> '{}' then
    with gone as (
      delete from queue.task as t
      where t.state = 'leased'
        and t.runner = any (v_lost)
        and t.attempts >= coalesce((select k.max_attempts from queue.kind as k where k.kind = t.kind), 0)
      returning t.*
    )
    insert into queue.dead (id, kind, key, payload, lane, attempts, error, created, runner, correlation)
    select g.id, g.kind, g.key, g.payload, g.lane, g.attempts, 'the runner was lost', g.created, g.runner, g.correlation
    from gone as g;

    update queue.task as t
    set
      state = 'ready',
      turn = nextval('queue.turn'),
      error = 'the runner was lost',
      runner = null,
      token = null
    where t.state = 'leased' and t.runner = any (v_lost);

    perform pg_advisory_xact_lock('queue.bell'::regclass::oid::bigint);
    delete from queue.runner as r where r.id = any (v_lost);
    if not exists (select from queue.runner as r where r.asleep) then
      perform setval('queue.bell', 1);
    end if;
    perform queue.ring();
  end if;

  return cardinality(v_lost);
end;
$$;

comment on function queue.sweep() is 'Take over the tasks of runners whose lease ran out; gives their number.';

revoke all on function queue.sweep() from public;
grant execute on function queue.sweep() to pgears_runner;
