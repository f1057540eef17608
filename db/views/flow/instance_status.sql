-- Instances of workflows with their state by name.
-- requires: flow.state_name

create or replace view flow.instance_status as
select
  i.id,
  m.code || '.' || w.code as workflow,
  i.version,
  i.state,
  flow.state_name(i.state) as state_name,
  i.record_id as record,
  i.started,
  i.ended,
  i.error,
  (
    select string_agg(b.step || coalesce(' (' || b.waits_for || ')', ''), ', ' order by b.id)
    from flow.branch as b
    where b.instance_id = i.id
  ) as stands_at
from flow.instance as i
inner join flow.workflow as w on i.workflow_id = w.id
inner join meta.model as m on w.model_id = m.id;

comment on view flow.instance_status is 'Instances with workflow, state and the steps at which they stand.';

grant select on flow.instance_status to pgears_admin, pgears_runner;
