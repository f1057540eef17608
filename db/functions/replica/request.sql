-- Have a runner read a subscription now; gives the task.
-- requires: replica.subscription_id queue.enqueue

create or replace function replica.request(p_name text)
returns bigint
language sql
volatile
security definer  -- lends: enqueueing to administrators and jobs
begin atomic
  select queue.enqueue('replicate', jsonb_build_object('subscription', m.code || '.' || s.code))
  from replica.subscription as s
  inner join meta.model as m on s.model_id = m.id
  where s.id = replica.subscription_id(p_name);
end;

comment on function replica.request(text) is 'Task that reads a subscription until nothing is left. Raises PG106.';

revoke all on function replica.request(text) from public, pgears_runner;
grant execute on function replica.request(text) to pgears_admin;
