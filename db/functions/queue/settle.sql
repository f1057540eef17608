-- End the attempt of leased tasks: done, retry, dead, or release.
--
-- The token is the proof: a task that was taken over has another one, is not touched, and is
-- in the answer. A retry waits a random time (full jitter) or p_after; the last attempt
-- of a kind makes it dead. A release is no attempt: the task was not begun. A task with a key
-- that is done lets the next of its key be claimed.
-- requires: queue.unblock

create or replace function queue.settle(
  p_token uuid,
  p_ids bigint[],
  p_outcome text default 'done',
  p_error text default null,
  p_after interval default null
)
returns bigint[]
language plpgsql
volatile
security definer  -- lends: writing the tables of the queue to runners
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_settled bigint[];
  v_more bigint[];
  v_kinds text[];
  v_keys text[];
begin
  if p_outcome = 'done' then
    with gone as (
      delete from queue.task as t
      where t.id = any (p_ids) and t.token = p_token
      returning t.*
    ),
    stored as (
      insert into queue.finished (id, kind, payload, lane, attempts, outcome, created, runner, correlation)
      select g.id, g.kind, g.payload, g.lane, g.attempts, 'done', g.created, g.runner, g.correlation
      from gone as g
      inner join queue.kind as k on g.kind = k.kind
      where k.keep > interval '0'
    )
    select array_agg(g.id), array_agg(g.kind) filter (where g.key is not null), array_agg(g.key) filter (where g.key is not null)
    into v_settled, v_kinds, v_keys
    from gone as g;

    if v_keys is not null then
      perform queue.unblock(v_kinds, v_keys);
    end if;

    perform queue.ring() from queue.slot as s where s.token = p_token limit 1;

  elsif p_outcome = 'release' then
    with released as (
      update queue.task as t
      set
        state = case when p_after is null then 'ready' else 'delayed' end,
        due = (select core.now()) + p_after,
        turn = nextval('queue.turn'),
        attempts = t.attempts - 1,
        error = coalesce(p_error, t.error),
        runner = null,
        token = null
      where t.id = any (p_ids) and t.token = p_token
      returning t.id
    )
    select array_agg(r.id) into v_settled from released as r;

    perform queue.ring() where p_after is null;

  elsif p_outcome in ('retry', 'dead') then
    with gone as (
      delete from queue.task as t
      where t.id = any (p_ids)
        and t.token = p_token
        and (
          p_outcome = 'dead'
          or t.attempts >= coalesce((select k.max_attempts from queue.kind as k where k.kind = t.kind), 0)
        )
      returning t.*
    ),
    stored as (
      insert into queue.dead (id, kind, key, payload, lane, attempts, error, created, runner, correlation)
      select g.id, g.kind, g.key, g.payload, g.lane, g.attempts, coalesce(p_error, ''), g.created, g.runner, g.correlation
      from gone as g
    )
    select array_agg(g.id) into v_settled from gone as g;

    with delayed as (
      update queue.task as t
      set
        state = 'delayed',
        due = (select core.now()) + coalesce(
          p_after,
          random() * least(k.backoff_cap, k.backoff_base * power(2, least(t.attempts - 1, 30)))
        ),
        error = p_error,
        runner = null,
        token = null
      from queue.kind as k
      where t.id = any (p_ids) and t.token = p_token and t.kind = k.kind
      returning t.id
    )
    select array_agg(d.id) into v_more from delayed as d;
    v_settled := v_settled || v_more;

  else
    raise exception 'a task cannot end as "%"', p_outcome
      using errcode = 'PG303', hint = 'Use done, retry, dead or release.';
  end if;

  if coalesce(cardinality(v_settled), 0) = cardinality(p_ids) then
    return '{}'::bigint[];
  end if;
  return array(select i.id from unnest(p_ids) as i (id) where i.id <> all (coalesce(v_settled, '{}')));
end;
$$;

comment on function queue.settle(uuid, bigint[], text, text, interval) is
'Settle leased tasks and give the ids of those whose lease is lost. Raises PG303 for an unknown outcome.';

revoke all on function queue.settle(uuid, bigint[], text, text, interval) from public;
grant execute on function queue.settle(uuid, bigint[], text, text, interval) to pgears_runner;
