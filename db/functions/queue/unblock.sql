-- Make the first blocked task of keys ready where nothing is before it any more.
--
-- Waits for one lock at most, and only before it holds any, so it is in no deadlock; what is
-- locked by a writer meanwhile is left to runners, which ask for all keys (null) now and then.
-- requires: queue.lock_key queue.ring

create or replace function queue.unblock(p_kinds text[] default null, p_keys text[] default null)
returns integer
language plpgsql
volatile
security definer  -- lends: writing queue.task to runners
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_head record;
  v_count integer := 0;
begin
  for v_head in
    select distinct k.kind, k.key
    from (
      select u.kind, u.key from unnest(p_kinds, p_keys) as u (kind, key)
      union all
      select t.kind, t.key
      from queue.task as t
      where p_kinds is null and t.key is not null and t.state = 'blocked'
    ) as k
    limit 1000
  loop
    if v_count = 0 and p_kinds is not null then
      perform pg_advisory_xact_lock(queue.lock_key(v_head.kind, v_head.key));
    elsif not pg_try_advisory_xact_lock(queue.lock_key(v_head.kind, v_head.key)) then
      continue;
    end if;
    v_count := v_count + 1;

    update queue.task as t
    set state = 'ready', turn = nextval('queue.turn')
    where t.id = (select min(b.id) from queue.task as b where b.kind = v_head.kind and b.key = v_head.key)
      and t.state = 'blocked'
      and not exists (select from queue.dead as d where d.kind = v_head.kind and d.key = v_head.key);
  end loop;

  perform queue.ring() where v_count > 0;
  return v_count;
end;
$$;

comment on function queue.unblock(text[], text[]) is 'Let the next task of each of these kinds and keys be claimed; of all keys for null.';

revoke all on function queue.unblock(text[], text[]) from public;
grant execute on function queue.unblock(text[], text[]) to pgears_runner;
