-- Who works: a line per runner, also for one that was lost and not swept yet.

create or replace view queue.runner_status
as
select
  r.name,
  r.id,
  r.started,
  r.seen,
  case
    when r.lease_until < core.now() then 'lost'
    when r.asleep then 'asleep'
    else 'awake'
  end as state,
  r.listening,
  (select count(*) from queue.task as t where t.state = 'leased' and t.runner = r.id) as holds
from queue.runner as r
order by r.name, r.started;

comment on view queue.runner_status is 'Runners: awake, asleep or lost, whether they hear the doorbell, how many tasks they hold.';
comment on column queue.runner_status.listening is 'deaf: it polls; LISTEN wants a connection past the pooler, PGEARS_DATABASE_DIRECT_URL.';

grant select on queue.runner_status to pgears_admin, pgears_runner;
