-- All tasks in one list, whatever became of them.

create or replace view queue.task_list
as
select
  t.id,
  t.kind,
  t.state,
  t.lane,
  t.attempts,
  t.created,
  t.due as at,
  (select r.name from queue.runner as r where r.id = t.runner) as runner,
  t.error,
  t.correlation,
  t.payload
from queue.task as t
union all
select
  d.id, d.kind, 'dead', d.lane, d.attempts, d.created, d.died,
  (select r.name from queue.runner as r where r.id = d.runner),
  d.error, d.correlation, d.payload
from queue.dead as d
union all
select
  f.id, f.kind, f.outcome, f.lane, f.attempts, f.created, f.finished,
  (select r.name from queue.runner as r where r.id = f.runner),
  null, f.correlation, f.payload
from queue.finished as f;

comment on view queue.task_list is 'Tasks that are ready, delayed, blocked, leased, dead, done or cancelled.';
comment on column queue.task_list.at is 'When it is due, died or was finished.';
comment on column queue.task_list.runner is 'Name of the runner that has or had it, while that is registered.';

grant select on queue.task_list to pgears_admin, pgears_runner;
