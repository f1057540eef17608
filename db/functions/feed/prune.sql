-- Delete changes that every reader has read and that are older than a week (or as told).

create or replace function feed.prune(p_keep interval default interval '7 days')
returns bigint
language plpgsql
volatile
security definer  -- lends: deleting from the feed to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  delete from feed.change as c
  where c.changed < core.now() - p_keep
    and not exists (
      select from feed.consumer as r
      where (r.transaction_id, r.position) < (c.transaction_id, c.position)
    );

  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function feed.prune(interval) is 'Number of changes deleted: read by all and older than p_keep.';

revoke all on function feed.prune(interval) from public;
grant execute on function feed.prune(interval) to pgears_runner, pgears_admin;
