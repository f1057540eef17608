-- Settle calls whose task has left the queue without them: dead, cancelled, or lost with a restored queue.
--
-- One that may have been sent is unknown. A runner does this now and then, so that no call
-- says "sending" for ever. Gives the number of calls settled.
-- requires: http.end_call

create or replace function http.sweep()
returns integer
language plpgsql
volatile
security definer  -- lends: writing calls to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call http.call;
  v_dead text;
  v_count integer := 0;
begin
  for v_call in
    select c.*
    from http.call as c
    where c.state in ('queued', 'sending', 'retrying') and not c.parked
      and not exists (select from queue.task as t where t.id = c.task_id)
    order by c.id
    limit 1000
    for update of c skip locked
  loop
    v_dead := (select d.error from queue.dead as d where d.id = v_call.task_id);
    perform http.end_call(
      v_call,
      case when v_call.state = 'sending' then 'unknown' when v_dead is not null then 'dead' else 'cancelled' end,
      coalesce(v_dead, 'its task was taken out of the queue')
    );
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

comment on function http.sweep() is 'Settle calls whose task is not in the queue any more; gives their number.';

revoke all on function http.sweep() from public;
grant execute on function http.sweep() to pgears_runner;
