-- Let calls go on that wait for nothing any more: the pause of a breaker is over, a switch is on again; gives their number.
--
-- Every runner asks each second, so it looks at targets and the ends of their lines, never
-- at all that waits.
-- requires: http.enqueue_call http.fill_line

create or replace function http.wake()
returns integer
language plpgsql
volatile
security definer  -- lends: writing calls to the runner
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_on constant boolean := core.integration();
  v_target record;
  v_ids bigint[];
  v_count integer := 0;
begin
  for v_target in
    select t.id, h.holds
    from http.target as t
    cross join lateral (
      select array_remove(array[case when v_on or not t.integration then 'integration' end, case when t.enabled then 'disabled' end], null) as holds
    ) as h
    where exists (select from http.call as c where c.target_id = t.id and c.state = 'held' and c.hold = any (h.holds))
    order by t.id
  loop
    v_ids := array(
      select c.id
      from http.call as c
      where c.target_id = v_target.id and c.state = 'held' and c.hold = any (v_target.holds)
      order by c.id
      limit 1000
      for update skip locked
    );
    update http.call as c set state = 'queued', hold = null, error = null where c.id = any (v_ids);
    perform http.enqueue_call(i.id) from unnest(v_ids) as i (id);
    v_count := v_count + cardinality(v_ids);
  end loop;

  for v_target in
    select t.id
    from http.target as t
    where (t.open_until is null or t.open_until <= core.now())
      and exists (select from http.call as c where c.target_id = t.id and c.parked)
    order by t.id
  loop
    v_count := v_count + http.fill_line(v_target.id);
  end loop;

  return v_count;
end;
$$;

comment on function http.wake() is 'Enqueue calls that were parked or held and may go on; gives their number.';

revoke all on function http.wake() from public;
grant execute on function http.wake() to pgears_runner;
