-- Let held calls go, all or those of one target, in the order in which they were written. The guard is asked anew.
-- requires: http.enqueue_call

create or replace function http.release(p_target text default null, p_limit integer default 10000)
returns integer
language plpgsql
volatile
security definer  -- lends: writing calls to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target constant bigint := case when p_target is not null then http.target_id(p_target) end;
  v_ids bigint[];
begin
  v_ids := array(
    select c.id
    from http.call as c
    where c.state = 'held' and (v_target is null or c.target_id = v_target)
    order by c.id
    limit p_limit
    for update skip locked
  );
  update http.call as c set state = 'queued', hold = null, error = null where c.id = any (v_ids);
  perform http.enqueue_call(i.id) from unnest(v_ids) as i (id);
  return cardinality(v_ids);
end;
$$;

comment on function http.release(text, integer) is 'Queue held calls again, of one target or all; gives their number. Raises PG541.';

revoke all on function http.release(text, integer) from public;
grant execute on function http.release(text, integer) to pgears_admin;
