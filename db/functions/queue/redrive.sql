-- Make dead tasks ready again with all their attempts: one by its id, or all of a kind.
-- requires: queue.ring

create or replace function queue.redrive(p_id bigint default null, p_kind text default null)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing queue.task and queue.dead to administrators and runners
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  with back as (
    delete from queue.dead as d
    where (d.id = p_id or p_id is null)
      and (d.kind = p_kind or p_kind is null)
      and (p_id is not null or p_kind is not null)
    returning d.*
  )
  insert into queue.task (id, kind, key, payload, lane, error, created, correlation)
  select b.id, b.kind, b.key, b.payload, b.lane, b.error, b.created, b.correlation
  from back as b
  order by b.id;

  get diagnostics v_count = row_count;
  if v_count = 0 and p_id is not null then
    raise exception 'there is no dead task %', p_id
      using errcode = 'PG305', hint = 'queue.dead and "pgears task list" show the tasks that gave up.';
  end if;

  perform queue.ring();
  return v_count;
end;
$$;

comment on function queue.redrive(bigint, text) is
'Make dead tasks ready again and give their number. Raises PG305 when there is no such dead task.';

revoke all on function queue.redrive(bigint, text) from public;
grant execute on function queue.redrive(bigint, text) to pgears_admin, pgears_runner;
