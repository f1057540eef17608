-- Let parked calls of a target go, the oldest first, as far as there is room; gives their number.
--
-- While the breaker is open nobody goes; when its pause is over, one goes and tries, and the target
-- is locked for that. Else nobody waits here for others: a call that was parked in the same moment is
-- found by http.wake, and one too many is parked again.
-- requires: http.enqueue_call

create or replace function http.fill_line(p_target bigint, p_most integer default 1000)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target http.target;
  v_room integer;
  v_ids bigint[];
begin
  if not exists (select from http.call as c where c.target_id = p_target and c.parked) then
    return 0;
  end if;

  select t.* into v_target from http.target as t where t.id = p_target;
  if v_target.open_until is not null then
    select t.* into v_target from http.target as t where t.id = p_target for update;
  end if;

  v_room := case
    when v_target.open_until is null
      then v_target.max_parallel - (select count(*) from http.call as c where c.target_id = p_target and c.settled is null and c.state = 'sending')
    when v_target.open_until > core.now() then 0
    when exists (select from http.call as c where c.id = v_target.probe_id and c.state = 'sending') then 0
    else 1
  end;

  v_ids := array(
    select c.id
    from http.call as c
    where c.target_id = p_target and c.parked
    order by c.id
    limit greatest(least(v_room, p_most), 0)
    for update skip locked
  );
  perform http.enqueue_call(i.id) from unnest(v_ids) as i (id);
  return cardinality(v_ids);
end;
$$;

comment on function http.fill_line(bigint, integer) is 'Enqueue parked calls of a target up to its room; gives their number.';

revoke all on function http.fill_line(bigint, integer) from public;
