-- Whether the token still proves the lease of a task; the task is locked until the commit.

create or replace function mail.holds_lease(p_task bigint, p_token uuid)
returns boolean
language sql
volatile
begin atomic
  select coalesce((select true from queue.task as t where t.id = p_task and t.token = p_token for update), false);
end;

comment on function mail.holds_lease(bigint, uuid) is 'True while the token proves the lease of the task.';

revoke all on function mail.holds_lease(bigint, uuid) from public;
