-- The queue at a glance: a line per kind, also for kinds that nobody registered.

create or replace view queue.status
as
with waiting as (
  select
    t.kind,
    count(*) filter (where t.state = 'ready') as ready,
    count(*) filter (where t.state = 'delayed') as delayed,
    count(*) filter (where t.state = 'leased') as leased,
    now() - min(t.created) filter (where t.state = 'ready') as oldest
  from queue.task as t
  group by t.kind
),
dead as (
  select d.kind, count(*) as dead
  from queue.dead as d
  group by d.kind
),
done as (
  select f.kind, count(*) as done
  from queue.finished as f
  where f.finished > now() - interval '1 hour' and f.outcome = 'done'
  group by f.kind
)
select
  kind,
  coalesce(w.ready, 0) as ready,
  coalesce(w.delayed, 0) as delayed,
  coalesce(w.leased, 0) as leased,
  coalesce(d.dead, 0) as dead,
  w.oldest,
  coalesce(f.done, 0) as done_last_hour
from queue.kind as k
full join waiting as w using (kind)
full join dead as d using (kind)
full join done as f using (kind)
order by kind;

comment on view queue.status is 'Per kind: tasks ready, delayed, leased and dead, age of the oldest ready one, done in the last hour.';
comment on column queue.status.done_last_hour is 'Of kinds that keep finished tasks.';

grant select on queue.status to pgears_admin, pgears_runner;
