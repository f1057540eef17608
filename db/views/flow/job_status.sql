-- Jobs with their next slot and their last run.

create or replace view flow.job_status as
select
  j.id,
  coalesce(m.code || '.', '') || j.code as job,
  j.enabled,
  j.integration,
  j.definition ->> 'cron' as cron,
  coalesce(j.definition ->> 'time_zone', 'UTC') as time_zone,
  j.next_slot,
  r.state as last_state,
  coalesce(r.started, r.created) as last_run,
  r.error as last_error
from flow.job as j
left join meta.model as m on j.model_id = m.id
left join lateral (
  select l.*
  from flow.job_run as l
  where l.job_id = j.id
  order by l.id desc
  limit 1
) as r on true;

comment on view flow.job_status is 'Jobs with their times and what became of the last run.';

grant select on flow.job_status to pgears_admin, pgears_runner;
