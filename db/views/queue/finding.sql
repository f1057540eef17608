-- Checks of the queue: who works, what gave up, tables that are not cleaned.
-- requires: core.now queue.blocked_key

create or replace view queue.finding
as
with definition (name) as (
  values
  ('runners'), ('doorbell'), ('dead tasks'), ('waiting tasks'), ('blocked keys'), ('autovacuum'), ('dead rows')
),

queue_table as (
  select
    c.oid,
    c.oid::regclass as name,
    coalesce(c.reloptions, '{}') && array['autovacuum_enabled=false', 'autovacuum_enabled=off'] as is_off,
    pg_stat_get_live_tuples(c.oid) as live,
    pg_stat_get_dead_tuples(c.oid) as dead
  from pg_class as c
  where c.relnamespace = 'queue'::regnamespace and c.relkind = 'r'
),

sample (name, state, found, mend) as (
  select 'runners', 'wrong', 'none is alive: tasks, mails and jobs wait', 'pgears run'
  where not exists (select from queue.runner as r where r.lease_until >= core.now())
  union all
  select
    'doorbell',
    'doubtful',
    format('runner %s does not hear it and polls', r.name),
    'Set PGEARS_DATABASE_DIRECT_URL of the runner to an address past the pooler.'
  from queue.runner as r
  where r.listening = 'deaf' and r.lease_until >= core.now()
  union all
  select
    'dead tasks',
    'doubtful',
    format('%s of kind %s gave up, the last with: %s', d.number, d.kind, left(l.error, 200)),
    format('pgears task retry --kind %s', d.kind)
  from (select d.kind, count(*) as number, max(d.id) as last from queue.dead as d group by d.kind) as d
  inner join queue.dead as l on d.last = l.id
  union all
  select
    'waiting tasks',
    'doubtful',
    format('kind %s has waited for %s', k.kind, date_trunc('second', now() - f.created)),
    format('Start a runner that has a handler for %s (PGEARS_HANDLERS), or more runners.', k.kind)
  from queue.kind as k
  cross join lateral (
    select t.created
    from queue.task as t
    where t.state = 'ready' and t.kind = k.kind
    order by t.lane, t.turn
    limit 1
  ) as f
  where f.created < now() - interval '10 minutes'
  union all
  select
    'blocked keys',
    'doubtful',
    format('%s tasks of %s wait behind dead task %s of key %s', b.blocked, b.kind, b.head, b.key),
    format('pgears task retry %s', b.head)
  from queue.blocked_key as b
  where b.head_state = 'dead'
  union all
  select
    'autovacuum',
    'wrong',
    format('switched off for %s: it grows, and claims become slow', t.name),
    format('alter table %s reset (autovacuum_enabled);', t.name)
  from queue_table as t
  where t.is_off
  union all
  select
    'autovacuum',
    'wrong',
    'switched off for the server',
    'alter system set autovacuum = on; select pg_reload_conf();'
  where not current_setting('autovacuum')::boolean
  union all
  select
    'dead rows',
    'doubtful',
    format('%s has %s dead rows beside %s live ones', t.name, t.dead, t.live),
    format('vacuum %s;', t.name)
  from queue_table as t
  where t.dead > 100000 and t.dead > 2 * t.live
)

select d.name, s.state, s.found, s.mend
from definition as d
left join sample as s using (name);

comment on view queue.finding is 'Checks of the queue: runners, dead and blocked tasks, autovacuum, dead rows.';

grant select on queue.finding to pgears_admin, pgears_runner;
