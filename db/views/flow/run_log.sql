-- What became of each step of each run of a job.

create or replace view flow.run_log as
select
  l.id,
  l.run_id as run,
  l.position,
  l.step,
  l.outcome,
  l.at,
  l.detail
from flow.job_log as l;

comment on view flow.run_log is 'Log of the steps of runs of jobs.';

grant select on flow.run_log to pgears_admin, pgears_runner;
