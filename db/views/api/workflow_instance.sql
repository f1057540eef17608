-- Public: instances of workflows that whoever reads may view; api.workflow_log has their steps.
--
-- Runs with the reader's rights, so that the policy of flow.instance is what keeps the others from
-- him: behind the barrier of a view with the owner's rights the newest would be found by sorting
-- all. flow.my_workflow asks once more, for whom the policy leaves alone: the owner of the table,
-- and so a view of his own upon this one.
-- requires: flow.my_workflow flow.my_branch flow.my_workflow_ids meta.class_name

create or replace view api.workflow_instance
with (security_invoker = true) as
select
  i.id,
  w.workflow,
  i.version,
  case i.state when 0 then 'running' when 1 then 'finished' when 2 then 'cancelled' when 3 then 'failed' when 6 then 'paused' end as state,
  c.path as class,
  i.record_id as record,
  i.started,
  i.ended,
  i.error,
  (
    select coalesce(jsonb_agg(jsonb_build_object(
      'step', b.step, 'waits_for', b.waits_for, 'until', b.until, 'event', b.event, 'attempts', b.attempts
    ) order by b.id), '[]')
    from flow.my_branch as b
    where b.instance = i.id
  ) as open
from flow.instance as i
inner join flow.my_workflow as w on i.workflow_id = w.id
left join meta.class_name as c on i.class_id = c.id;

comment on view api.workflow_instance is 'Instances of workflows on which the current account has the right "view"; open has the steps at which they stand.';

grant select on api.workflow_instance to public;
