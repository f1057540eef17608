-- Take a task that waits, or is dead, out of the queue; it is kept as cancelled.
-- requires: queue.unblock

create or replace function queue.cancel(p_id bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing the tables of the queue to administrators and runners
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
  v_kind text;
  v_key text;
begin
  select t.state, t.kind, t.key into v_state, v_kind, v_key from queue.task as t where t.id = p_id for update;
  if not found then
    select d.kind, d.key into v_kind, v_key from queue.dead as d where d.id = p_id;
  end if;

  if v_state = 'leased' then
    raise exception 'task % is running', p_id
      using errcode = 'PG306', hint = 'Wait for the end of its attempt; a task that waits again can be cancelled.';
  end if;

  with waiting as (
    delete from queue.task as t where t.id = p_id returning t.*
  ),
  buried as (
    delete from queue.dead as d where d.id = p_id returning d.*
  )
  insert into queue.finished (id, kind, payload, lane, attempts, outcome, created, correlation)
  select w.id, w.kind, w.payload, w.lane, w.attempts, 'cancelled', w.created, w.correlation
  from waiting as w
  union all
  select b.id, b.kind, b.payload, b.lane, b.attempts, 'cancelled', b.created, b.correlation
  from buried as b;

  if not found then
    raise exception 'there is no task % to cancel', p_id
      using errcode = 'PG305', hint = '"pgears task list" shows the tasks that wait, run or gave up.';
  end if;

  if v_key is not null then
    perform queue.unblock(array[v_kind], array[v_key]);
  end if;
end;
$$;

comment on function queue.cancel(bigint) is
'Cancel a task that waits or is dead. Raises PG305 when there is none, PG306 when it runs.';

revoke all on function queue.cancel(bigint) from public;
grant execute on function queue.cancel(bigint) to pgears_admin, pgears_runner;
