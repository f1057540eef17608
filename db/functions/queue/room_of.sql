-- How many tasks of a kind with limits may be claimed now; its row is locked by the caller.

create or replace function queue.room_of(p_kind queue.kind)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_now constant timestamptz := core.now();
  v_room integer;
begin
  delete from queue.slot as s
  where s.kind = p_kind.kind
    and (p_kind.rate_limit is null or s.at <= v_now - p_kind.rate_interval)
    and not exists (select from queue.task as t where t.id = s.task_id and t.token = s.token);

  select
    least(
      p_kind.parallel_limit - count(*) filter (where exists (select from queue.task as t where t.id = s.task_id and t.token = s.token)),
      p_kind.rate_limit - count(*) filter (where s.at > v_now - p_kind.rate_interval)
    )
  into v_room
  from queue.slot as s
  where s.kind = p_kind.kind;

  return greatest(v_room, 0);
end;
$$;

comment on function queue.room_of(queue.kind) is 'Tasks of a kind that its limits leave room for.';

revoke all on function queue.room_of(queue.kind) from public;
