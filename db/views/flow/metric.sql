-- Metrics of workflows, jobs and rules; instances that are over are not looked at.
-- requires: core.now flow.workflow_status

create or replace view flow.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_workflow_instances', 'gauge', 'Instances of workflows that are not over, by workflow and state (running, paused, failed).'),
  ('pgears_assignments_open', 'gauge', 'Tasks of workflows that wait for people.'),
  ('pgears_job_runs', 'gauge', 'Runs of jobs that wait or run, by job and state.'),
  ('pgears_job_runs_failed_last_day', 'gauge', 'Runs of jobs of the last 24 hours that failed or were missed, by job.'),
  ('pgears_job_late_seconds', 'gauge', 'Time since the slot of an enabled job should have begun; 0 when none is late.')
),

sample (name, labels, value) as (
  select 'pgears_workflow_instances', jsonb_build_object('workflow', w.workflow, 'state', c.state), c.number::double precision
  from flow.workflow_status as w
  cross join lateral (values ('running', w.running), ('paused', w.paused), ('failed', w.failed)) as c (state, number)
  union all
  select 'pgears_assignments_open', '{}', count(*)
  from flow.assignment as a
  where a.state = 'open'
  union all
  select 'pgears_job_runs', jsonb_build_object('job', coalesce(m.code || '.', '') || j.code, 'state', r.state), count(*)
  from flow.job_run as r
  inner join flow.job as j on r.job_id = j.id
  left join meta.model as m on j.model_id = m.id
  where r.state in ('waiting', 'running')
  group by j.code, m.code, r.state
  union all
  select 'pgears_job_runs_failed_last_day', jsonb_build_object('job', coalesce(m.code || '.', '') || j.code), count(*)
  from flow.job_run as r
  inner join flow.job as j on r.job_id = j.id
  left join meta.model as m on j.model_id = m.id
  where r.state in ('failed', 'missed') and r.created > core.now() - interval '1 day'
  group by j.code, m.code
  union all
  select 'pgears_job_late_seconds', '{}', coalesce(greatest(extract(epoch from core.now() - min(j.next_slot)), 0), 0)
  from flow.job as j
  where j.enabled
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view flow.metric is 'Metrics of workflows, tasks of people and jobs.';

grant select on flow.metric to pgears_admin, pgears_runner;
