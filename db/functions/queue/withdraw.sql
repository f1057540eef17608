-- Take back a delayed task that is not needed any more; nothing is kept of it.

create or replace function queue.withdraw(p_id bigint)
returns void
language sql
volatile
begin atomic
  delete from queue.task as t
  where t.id = p_id and t.state = 'delayed';
end;

comment on function queue.withdraw(bigint) is 'Delete a task if it is delayed; one that is ready or runs stays.';

revoke all on function queue.withdraw(bigint) from public;
