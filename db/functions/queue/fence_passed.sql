-- True when every transaction older than the fence is over.
--
-- Not the snapshot's xmax: that is one past the highest completed id, and a running writer
-- can stand above it.

create or replace function queue.fence_passed(p_fence xid8)
returns boolean
language sql
volatile
begin atomic
  select pg_snapshot_xmin(pg_current_snapshot()) > p_fence;
end;

comment on function queue.fence_passed(xid8) is 'Whether all writers that may have seen the flag unset are over.';

revoke all on function queue.fence_passed(xid8) from public;
grant execute on function queue.fence_passed(xid8) to pgears_runner;
