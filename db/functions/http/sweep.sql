-- What every runner looks after: pauses of breakers that are over, holds that no longer hold, calls whose task is gone.
--
-- A call whose task left the queue without it (cancelled, dead, lost with a restored queue) is
-- unknown if it may have been sent, else dead or cancelled.
-- requires: http.end_call http.enqueue_call http.fill_line

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

  for v_call in
    select c.*
    from http.call as c
    inner join http.target as t on c.target_id = t.id
    where c.state = 'held'
      and (c.hold = 'integration' and (core.integration() or not t.integration) or c.hold = 'disabled' and t.enabled)
    order by c.id
    limit 1000
    for update of c skip locked
  loop
    update http.call as c set state = 'queued', hold = null, error = null where c.id = v_call.id;
    perform http.enqueue_call(v_call.id);
    v_count := v_count + 1;
  end loop;

  return v_count + (
    select coalesce(sum(http.fill_line(p.target_id)), 0)
    from (
      select t.id as target_id
      from http.target as t
      where (t.open_until is null or t.open_until <= core.now())
        and exists (select from http.call as c where c.target_id = t.id and c.parked)
      order by t.id
    ) as p
  );
end;
$$;

comment on function http.sweep() is 'Let calls go on that wait for nothing any more; gives their number.';

revoke all on function http.sweep() from public;
grant execute on function http.sweep() to pgears_runner;
