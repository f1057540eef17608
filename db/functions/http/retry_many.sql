-- Make calls again that gave up, were refused or are unknown: of one target or all, in the order in which they were written.
-- requires: http.retry

create or replace function http.retry_many(p_target text default null, p_state text default 'dead', p_limit integer default 10000)
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
  if p_state is null or p_state not in ('refused', 'unknown', 'dead') then
    raise exception 'calls in state "%" are not made again together', p_state
      using errcode = 'PG547', hint = 'Use dead, refused or unknown; http.release() is for held ones.';
  end if;

  v_ids := array(
    select c.id
    from http.call as c
    where c.state = p_state and c.target_id is not null and (v_target is null or c.target_id = v_target)
    order by c.id
    limit p_limit
    for update skip locked
  );
  perform http.retry(i.id) from unnest(v_ids) as i (id);
  return cardinality(v_ids);
end;
$$;

comment on function http.retry_many(text, text, integer) is 'Make calls in a state again and give their number. Raises PG541, PG547.';

revoke all on function http.retry_many(text, text, integer) from public;
grant execute on function http.retry_many(text, text, integer) to pgears_admin;
