-- The next changes to be sent, in order: deletions, updates, insertions.
-- requires: sync.hold_run

create or replace function sync.read_changes(p_run bigint, p_token uuid, p_after bigint, p_limit integer)
returns table (n bigint, op text, key text[], vals text[])
language plpgsql
volatile
security definer  -- lends: reading the rows of a run to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.hold_run(p_run, p_token);

  return query execute format(
    'select c.n, c.op, c.key, c.vals from sync.change_%s as c where c.n > $1 order by c.n limit $2', p_run
  )
  using p_after, p_limit;
end;
$$;

comment on function sync.read_changes(bigint, uuid, bigint, integer) is 'Changes of a run after a number, with keys and values as texts. Raises PG744.';

revoke all on function sync.read_changes(bigint, uuid, bigint, integer) from public;
grant execute on function sync.read_changes(bigint, uuid, bigint, integer) to pgears_admin, pgears_runner;
