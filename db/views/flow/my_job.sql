-- Jobs whose log whoever reads may view: the one place that says who that is.
--
-- For the views of runs and the policy of flow.job_run. Read with the owner's rights; current_user is
-- the account that the statement runs for.
-- requires: access.my_right

create or replace view flow.my_job
with (security_barrier = true) as
select
  j.id,
  coalesce(m.code || '.', '') || j.code as job,
  j.code
from flow.job as j
left join meta.model as m on j.model_id = m.id
where pg_has_role(current_user, 'pgears_admin', 'usage') or pg_has_role(current_user, 'pgears_runner', 'usage')
  or exists (
    select
    from access.my_right as t
    where t.kind = 'job' and t.operation = 'view_log' and t.object = m.code || '.' || j.code
  );

comment on view flow.my_job is 'Jobs on which the current account has the right "view_log".';

grant select on flow.my_job to public;
