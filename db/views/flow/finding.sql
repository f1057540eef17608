-- Checks of workflows and jobs: what failed, what is late.
-- requires: core.now flow.job_status

create or replace view flow.finding
as
with definition (name) as (
  values ('failed workflows'), ('failed jobs'), ('late jobs')
),

sample (name, state, found, mend) as (
  select
    'failed workflows',
    'doubtful',
    format('instance %s of %s.%s: %s', i.id, m.code, w.code, left(i.error, 200)),
    format('pgears workflow retry %s', i.id)
  from (
    select i.*
    from flow.instance as i
    where i.state = 3
    order by i.id
    limit 20
  ) as i
  inner join flow.workflow as w on i.workflow_id = w.id
  inner join meta.model as m on w.model_id = m.id
  union all
  select
    'failed jobs',
    'doubtful',
    format('the last run of %s %s: %s', j.job, j.last_state, coalesce(left(j.last_error, 200), 'no reason given')),
    format('pgears job run %s', j.job)
  from flow.job_status as j
  where j.enabled and j.last_state in ('failed', 'missed')
  union all
  select
    'late jobs',
    'wrong',
    format('%s should have begun at %s', j.job, date_trunc('second', j.next_slot)),
    'pgears run'
  from flow.job_status as j
  where j.enabled and j.next_slot < core.now() - interval '5 minutes'
)

select d.name, s.state, s.found, s.mend
from definition as d
left join sample as s using (name);

comment on view flow.finding is 'Checks of workflows and jobs: failed ones, late ones.';

grant select on flow.finding to pgears_admin, pgears_runner;
