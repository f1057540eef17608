-- Delete calls that are over and older than they are kept; gives their number.
--
-- What waits for something or somebody (queued, retrying, held, unknown) stays.

create or replace function http.prune(p_limit integer default 1000)
returns integer
language plpgsql
volatile
security definer  -- lends: deleting calls to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from http.call as c
  where c.id in (
    select o.id
    from http.call as o
    where o.settled is not null
      and o.settled < core.now() - (
        select (s.value #>> '{}')::interval
        from core.setting as s
        where s.code = case when o.state in ('done', 'cancelled') then 'http.keep_done' when o.state in ('refused', 'dead') then 'http.keep_failed' end
      )
    order by o.settled
    limit p_limit
    for update skip locked
  );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function http.prune(integer) is 'Delete up to p_limit calls kept long enough (http.set_retention()); gives their number.';

revoke all on function http.prune(integer) from public;
grant execute on function http.prune(integer) to pgears_runner, pgears_admin;
