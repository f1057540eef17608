-- Metrics of the queue: what waits, since when, what gave up, who works.
--
-- Finished tasks are not looked at. Tasks that are ready are counted in task_ready_idx, kind by
-- kind; the age is that of the first in each lane, which is the first entry of the index.
-- requires: core.now queue.runner_status

create or replace view queue.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_tasks', 'gauge', 'Tasks in the queue, by kind and state (ready, delayed, leased, blocked).'),
  ('pgears_task_oldest_ready_seconds', 'gauge', 'Age of the task that is first in line, by kind; delayed tasks do not count.'),
  ('pgears_task_overdue_seconds', 'gauge', 'Time since a delayed task should have become ready; 0 when none is late.'),
  ('pgears_tasks_dead', 'gauge', 'Tasks that gave up, by kind.'),
  ('pgears_runners', 'gauge', 'Runners by state: awake, asleep, or lost (lease over, not taken over yet).'),
  ('pgears_runners_deaf', 'gauge', 'Runners that do not hear the doorbell and poll instead.')
),

sample (name, labels, value) as (
  select 'pgears_tasks', jsonb_build_object('kind', t.kind, 'state', t.state), count(*)::double precision
  from queue.task as t
  group by t.kind, t.state
  union all
  select
    'pgears_task_oldest_ready_seconds',
    jsonb_build_object('kind', k.kind),
    greatest(extract(epoch from now() - min(f.created)), 0)
  from queue.kind as k
  cross join generate_series(0, 2) as l (lane)
  cross join lateral (
    select t.created
    from queue.task as t
    where t.state = 'ready' and t.kind = k.kind and t.lane = l.lane
    order by t.turn
    limit 1
  ) as f
  group by k.kind
  union all
  select 'pgears_task_overdue_seconds', '{}', coalesce(greatest(extract(epoch from core.now() - min(t.due)), 0), 0)
  from queue.task as t
  where t.state = 'delayed'
  union all
  select 'pgears_tasks_dead', jsonb_build_object('kind', d.kind), count(*)
  from queue.dead as d
  group by d.kind
  union all
  select 'pgears_runners', jsonb_build_object('state', s.state), count(r.state)
  from unnest(array['awake', 'asleep', 'lost']) as s (state)
  left join queue.runner_status as r using (state)
  group by s.state
  union all
  select 'pgears_runners_deaf', '{}', count(*)
  from queue.runner as r
  where r.listening = 'deaf' and r.lease_until >= core.now()
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view queue.metric is 'Metrics of the queue: depth and age by kind, dead tasks, runners.';

grant select on queue.metric to pgears_admin, pgears_runner;
