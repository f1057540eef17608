-- Send the notification of a task to be done, with variables of the run and of the task.
-- requires: flow.send_notification flow.task_variables

create or replace function flow.notify_task(p_assignment bigint, p_notification bigint)
returns void
language sql
volatile
begin atomic
  select flow.send_notification(p_notification, array[i.record_id], i.variables || flow.task_variables(a.id, p_notification))
  from flow.assignment as a
  inner join flow.instance as i on a.instance_id = i.id
  where a.id = p_assignment;
end;

comment on function flow.notify_task(bigint, bigint) is 'Store the mails of a notification about an open task.';

revoke all on function flow.notify_task(bigint, bigint) from public;
