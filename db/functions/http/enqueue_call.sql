-- Put a call into the queue, now or at a time.

create or replace function http.enqueue_call(p_call bigint, p_due timestamptz default null)
returns void
language sql
volatile
begin atomic
  update http.call as c
  set parked = false, task_id = queue.enqueue('http.call', jsonb_build_object('call', c.id), p_due)
  where c.id = p_call;
end;

comment on function http.enqueue_call(bigint, timestamptz) is 'Give a call a task.';

revoke all on function http.enqueue_call(bigint, timestamptz) from public;
