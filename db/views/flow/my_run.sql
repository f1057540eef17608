-- Runs of jobs whose log whoever reads may view, with the steps of each.
--
-- Runs with the reader's rights, as api.workflow_instance: the policy of flow.job_run lets indexes
-- find the newest, and flow.my_job asks once more, for whom the policy leaves alone.
-- requires: flow.my_job flow.my_job_ids flow.my_run_step

create or replace view flow.my_run
with (security_invoker = true) as
select
  r.id,
  j.job,
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
    from flow.my_run_step as l
    where l.run = r.id
  ) as steps
from flow.job_run as r
inner join flow.my_job as j on r.job_id = j.id;

comment on view flow.my_run is 'Runs of jobs on which the current account has the right "view_log".';

grant select on flow.my_run to public;
