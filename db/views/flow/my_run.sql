-- Runs of jobs whose log whoever reads may view, with the steps of each.
-- requires: access.my_right

create or replace view flow.my_run
with (security_barrier = true) as
select
  r.id,
  coalesce(m.code || '.', '') || j.code as job,
  j.code,
  r.cause,
  r.slot,
  r.state,
  r.started,
  r.ended,
  r.error,
  (
    select coalesce(jsonb_agg(jsonb_build_object(
      'position', l.position, 'step', l.step, 'outcome', l.outcome, 'at', l.at, 'detail', l.detail
    ) order by l.id), '[]')
    from flow.job_log as l
    where l.run_id = r.id
  ) as steps
from flow.job_run as r
inner join flow.job as j on r.job_id = j.id
left join meta.model as m on j.model_id = m.id
where pg_has_role(current_user, 'pgears_admin', 'usage') or pg_has_role(current_user, 'pgears_runner', 'usage')
  or exists (
    select
    from access.my_right as t
    where t.kind = 'job' and t.operation = 'view_log' and t.object = m.code || '.' || j.code
  );

comment on view flow.my_run is 'Runs of jobs on which the current account has the right "view_log".';

grant select on flow.my_run to public;
