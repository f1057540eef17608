-- Instances of workflows that whoever reads may view.
-- requires: flow.my_workflow

create or replace view flow.my_instance
with (security_barrier = true) as
select
  i.id,
  w.workflow,
  i.version,
  i.state,
  case i.state when 0 then 'running' when 1 then 'finished' when 2 then 'cancelled' when 3 then 'failed' when 6 then 'paused' end as name,
  cm.code || '.' || c.code as class,
  i.record_id as record,
  i.variables,
  i.started,
  i.ended,
  i.error,
  (
    select coalesce(jsonb_agg(jsonb_build_object(
      'step', b.step, 'waits_for', b.waits_for, 'until', b.until, 'event', b.event_code, 'attempts', b.attempts
    ) order by b.id), '[]')
    from flow.branch as b
    where b.instance_id = i.id
  ) as open
from flow.instance as i
inner join flow.my_workflow as w on i.workflow_id = w.id
left join meta.class as c on i.class_id = c.id
left join meta.model as cm on c.model_id = cm.id;

comment on view flow.my_instance is 'Instances of workflows on which the current account has the right "view".';

grant select on flow.my_instance to public;
