-- Carry running tasks over to a new identity of the same process, after a lost connection.
--
-- A claim whose answer was lost on the way leaves tasks that the process knows nothing of:
-- they stay with the old identity, whose lease runs out.

create or replace function queue.adopt(p_from uuid, p_to uuid, p_ids bigint[])
returns bigint[]
language sql
volatile
security definer  -- lends: writing queue.task to runners
begin atomic
  with adopted as (
    update queue.task as t
    set runner = p_to
    where t.id = any(p_ids) and t.runner = p_from and t.state = 'leased'
    returning t.id
  )
  select coalesce(array_agg(a.id), '{}') from adopted as a;
end;

comment on function queue.adopt(uuid, uuid, bigint[]) is 'Move leased tasks from one runner to another and give those that were moved.';

revoke all on function queue.adopt(uuid, uuid, bigint[]) from public;
grant execute on function queue.adopt(uuid, uuid, bigint[]) to pgears_runner;
