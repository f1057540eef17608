-- Do a database task and settle it, in one transaction: exactly once.
--
-- An error of the function undoes both; the runner then settles a retry. The row is locked
-- first, so a takeover waits, or is seen here as a lost lease.
-- requires: queue.lock_task queue.settle

create or replace function queue.run(p_id bigint, p_token uuid)
returns boolean
language plpgsql
volatile
security definer  -- lends: calling the functions of queue.kind, which migrations name, to runners
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task record;
begin
  select t.* into v_task from queue.lock_task(p_id, p_token) as t;

  if not found then
    return false;
  end if;

  if to_regprocedure(v_task.function || '(jsonb)') is null then
    raise exception 'kind "%" has no function %(jsonb)', v_task.kind, coalesce(v_task.function, '')
      using errcode = 'PG304', hint = 'Only kinds with an existing function run in the database.';
  end if;

  -- What the task stores belongs to what it belongs to itself.
  perform set_config('pgears.correlation', coalesce(v_task.correlation::text, ''), true);

  execute format('select %s($1)', to_regprocedure(v_task.function || '(jsonb)')::regproc) using v_task.payload;

  return queue.settle(p_token, array[p_id]) = '{}';
end;
$$;

comment on function queue.run(bigint, uuid) is
'Run a leased database task; false when its lease is lost. Raises PG304 without a function, and what the function raises.';

revoke all on function queue.run(bigint, uuid) from public;
grant execute on function queue.run(bigint, uuid) to pgears_runner;
