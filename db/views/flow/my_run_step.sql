-- Steps of runs of jobs whose log whoever reads may view.
-- requires: flow.my_job

create or replace view flow.my_run_step
with (security_barrier = true) as
select
  l.id,
  l.run_id as run,
  l.position,
  l.step,
  l.outcome,
  l.at,
  l.detail
from flow.job_log as l
where exists (
  select
  from flow.job_run as r
  inner join flow.my_job as j on r.job_id = j.id
  where r.id = l.run_id
);

comment on view flow.my_run_step is 'What became of the steps of runs of jobs on which the current account has the right "view_log".';

grant select on flow.my_run_step to public;
