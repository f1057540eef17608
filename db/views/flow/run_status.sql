-- Runs of jobs: one row for each slot and each start.

create or replace view flow.run_status as
select
  r.id,
  coalesce(m.code || '.', '') || j.code as job,
  r.cause,
  r.slot,
  r.state,
  r.started,
  r.ended,
  r.error
from flow.job_run as r
inner join flow.job as j on r.job_id = j.id
left join meta.model as m on j.model_id = m.id;

comment on view flow.run_status is 'Runs of jobs: run, skipped or missed, with start, end and error.';

grant select on flow.run_status to pgears_admin, pgears_runner;
