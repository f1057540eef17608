-- Lease up to p_limit ready tasks to a runner: urgent lane first, in each lane the kinds side by
-- side, of each kind in their turn.
--
-- Each kind is walked by itself, so that a million tasks of a kind the runner has enough of, or
-- no handler for, cost the others nothing. What is asked for is shared between the kinds that
-- have something, the one that waits longest first.
-- p_after holds a turn to begin behind, three lanes for each kind in p_kinds: with an old
-- transaction open, the entries of claimed tasks cannot leave the index, and stepping over them
-- keeps a claim cheap. Null looks from the beginning and makes delayed tasks ready whose time
-- has come; a runner does that now and then, for tasks whose writers committed late. The lock on
-- the runner's row keeps queue.sweep() from declaring it dead in between. Kinds with limits are
-- claimed up to the room that all runners together leave.
-- requires: queue.room_of
-- The commit does not wait for the disk: a claim that a crash of the server undoes is a task
-- that is ready again, as after any loss of a runner. Settling does wait.
-- The settings are for plans made while the table was small: it grows faster than it is analysed.

create or replace function queue.claim(
  p_runner uuid,
  p_token uuid,
  p_limit integer default 100,
  p_kinds text[] default null,
  p_after bigint[] default null
)
returns table (id bigint, kind text, payload jsonb, attempts integer, lane smallint, turn bigint, correlation uuid)
language plpgsql
volatile
security definer  -- lends: leasing rows of queue.task to runners
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set jit = off  -- before 18 a plan that does all the same what is off counts as immensely dear
as $$
declare
  v_left integer := p_limit;
  v_kinds constant text[] := coalesce(p_kinds, array(select k.kind from queue.kind as k));
  v_limited text[];
  v_kind queue.kind;
  v_room integer;
  v_queue record;
  v_count integer;
begin
  perform set_config('synchronous_commit', 'off', true);
  perform from queue.runner as r where r.id = p_runner for key share;
  if not found then
    raise exception 'runner % is not registered any more', p_runner
      using errcode = 'PG302', hint = 'Its lease ran out; register anew with queue.start_runner().';
  end if;

  if p_after is null then
    perform queue.promote();
  end if;

  v_limited := array(
    select k.kind from queue.kind as k
    where (k.parallel_limit is not null or k.rate_limit is not null) and k.kind = any (v_kinds)
  );

  -- One runner at a time counts the room of a kind; others pass it by meanwhile.
  for v_kind in
    select k.* from queue.kind as k where k.kind = any (v_limited) order by k.kind for update skip locked
  loop
    v_room := least(queue.room_of(v_kind), v_left);
    continue when v_room = 0;

    return query
    with claimed as (
      update queue.task as t
      set state = 'leased', runner = p_runner, token = p_token, attempts = t.attempts + 1
      where t.ctid = any (array(
        select c.ctid
        from queue.task as c
        where c.state = 'ready' and c.kind = v_kind.kind
        order by c.lane, c.turn
        limit v_room
        for update skip locked
      ))
      returning t.id, t.kind, t.payload, t.attempts, t.lane, t.turn, t.correlation
    ),
    noted as (
      insert into queue.slot (kind, task_id, token, at)
      select c.kind, c.id, p_token, core.now() from claimed as c
    )
    -- Their turns are no mark to begin behind: others of the kind stay where they are.
    select c.id, c.kind, c.payload, c.attempts, c.lane, 0::bigint, c.correlation from claimed as c;
    get diagnostics v_count = row_count;
    v_left := v_left - v_count;
  end loop;

  for v_queue in
    select
      k.kind,
      l.lane,
      a.turn as after,
      count(*) over (partition by l.lane order by f.turn rows between current row and unbounded following) as sharers
    from unnest(v_kinds) with ordinality as k (kind, place)
    cross join generate_series(0, 2) as l (lane)
    cross join lateral (select coalesce(p_after[3 * (k.place - 1) + l.lane + 1], 0) as turn) as a
    cross join lateral (
      select c.turn
      from queue.task as c
      where c.state = 'ready' and c.kind = k.kind and c.lane = l.lane and c.turn > a.turn
      order by c.turn
      limit 1
    ) as f
    where k.kind <> all (v_limited)
    order by l.lane, f.turn
  loop
    exit when v_left <= 0;
    return query
    update queue.task as t
    set state = 'leased', runner = p_runner, token = p_token, attempts = t.attempts + 1
    where t.ctid = any (array(
      select c.ctid
      from queue.task as c
      where c.state = 'ready'
        and c.kind = v_queue.kind
        and c.lane = v_queue.lane
        and c.turn > v_queue.after
      order by c.turn
      limit ceil(v_left::numeric / v_queue.sharers)
      for update skip locked
    ))
    returning t.id, t.kind, t.payload, t.attempts, t.lane, t.turn, t.correlation;
    get diagnostics v_count = row_count;
    v_left := v_left - v_count;
  end loop;
end;
$$;

comment on function queue.claim(uuid, uuid, integer, text[], bigint[]) is
'Lease tasks of the kinds named, or of all, to a runner under a token of this claim. Raises PG302 when the runner was declared dead.';

revoke all on function queue.claim(uuid, uuid, integer, text[], bigint[]) from public;
grant execute on function queue.claim(uuid, uuid, integer, text[], bigint[]) to pgears_runner;
