-- Workflows with the numbers of their instances that are not over.

create or replace view flow.workflow_status as
select
  w.id,
  m.code || '.' || w.code as workflow,
  w.version,
  w.enabled,
  count(i.id) filter (where i.state = 0) as running,
  count(i.id) filter (where i.state = 6) as paused,
  count(i.id) filter (where i.state = 3) as failed
from flow.workflow as w
inner join meta.model as m on w.model_id = m.id
left join flow.instance as i on w.id = i.workflow_id and i.state in (0, 3, 6)
group by w.id, m.code;

comment on view flow.workflow_status is 'Workflows with current version and numbers of open instances.';

grant select on flow.workflow_status to pgears_admin, pgears_runner;
