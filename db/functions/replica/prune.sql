-- Delete what was decided longer ago than p_keep.

create or replace function replica.prune(p_keep interval default interval '30 days')
returns bigint
language plpgsql
volatile
security definer  -- lends: deleting resolved conflicts to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  delete from replica.conflict as c where c.state = 'resolved' and c.resolved < core.now() - p_keep;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function replica.prune(interval) is 'Number of resolved conflicts deleted.';

revoke all on function replica.prune(interval) from public;
grant execute on function replica.prune(interval) to pgears_runner, pgears_admin;
