-- Make delayed tasks ready whose time has come, up to 1,000 at once, behind those that wait.

create or replace function queue.promote()
returns integer
language plpgsql
volatile
security definer  -- lends: writing queue.task to runners
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
set jit = off
as $$
declare
  v_now constant timestamptz := core.now();
  v_count integer;
begin
  update queue.task as t
  set state = 'ready', turn = nextval('queue.turn')
  where t.ctid = any (array(
    select d.ctid
    from queue.task as d
    where d.state = 'delayed' and d.due <= v_now
    order by d.due
    limit 1000
    for update skip locked
  ));

  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function queue.promote() is 'Make due tasks ready and give their number.';

revoke all on function queue.promote() from public, pgears_runner;
