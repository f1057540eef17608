-- Raise an event: every branch that waits for it goes on; else it is kept until a deadline.
--
-- One that comes from outside by a door reaches the steps that are open to it, others all.
--
-- All in the caller's transaction. The first of several that nobody waited for is the one
-- that is kept, with its payload.
-- Each branch gets its task whatever the state of its instance, which is not locked here: somebody
-- may be resuming it. The task of one that is paused does nothing.
-- The settings are for plans made while the tables were small: many events in one transaction.
-- requires: flow.lock_event

create or replace function flow.raise_event(
  p_code text,
  p_scope text default 'global',
  p_id bigint default 0,
  p_payload jsonb default '{}',
  p_keep interval default '30 days',
  p_door text default null
)
returns integer
language plpgsql
volatile
security definer  -- lends: writing events and waking workflows to administrators and the service
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_now constant timestamptz := core.now();
  v_id constant bigint := case when p_scope = 'global' then 0 else p_id end;
  v_payload constant jsonb := coalesce(p_payload, '{}');
  v_woken integer;
  v_timers bigint[];
begin
  if p_scope is null or p_scope not in ('instance', 'workflow', 'global') or coalesce(p_code, '') = '' or v_id is null then
    raise exception 'an event has a code, and the scope global, or instance or workflow with its id'
      using errcode = 'PG516', hint = 'Such as api.raise_event(''paid-17''), or api.raise_event(''paid'', ''instance'', 17).';
  end if;

  perform flow.lock_event(p_scope, v_id, p_code);

  with woken as (
    update flow.branch as b
    set waits_for = null, woken = true, result = v_payload, turn = b.turn + 1
    where b.waits_for = 'event' and b.scope = p_scope and b.scope_id = v_id and b.event_code = p_code
      and (p_door is null or p_door = any (b.doors))
    returning b.id, b.turn, b.timer_id
  ),
  enqueued as (
    insert into queue.task (kind, payload)
    select 'workflow.step', jsonb_build_object('branch', w.id, 'turn', w.turn)
    from woken as w
  )
  select count(*), array_agg(w.timer_id) filter (where w.timer_id is not null) into v_woken, v_timers from woken as w;

  if v_timers is not null then
    delete from queue.task as t where t.id = any (v_timers) and t.state = 'delayed';
  end if;

  if v_woken = 0 then
    delete from flow.event as e
    where e.scope = p_scope and e.scope_id = v_id and e.code = p_code and e.taken is null and coalesce(e.door, '') = coalesce(p_door, '')
      and e.keep_until <= v_now;

    insert into flow.event (scope, scope_id, code, payload, raised, keep_until, door)
    values (p_scope, v_id, p_code, v_payload, v_now, v_now + p_keep, p_door)
    on conflict (scope, scope_id, code, coalesce(door, '')) where taken is null do nothing;
    return 0;
  end if;

  insert into flow.event (scope, scope_id, code, payload, raised, keep_until, door, taken, woken)
  values (p_scope, v_id, p_code, v_payload, v_now, v_now + p_keep, p_door, v_now, v_woken);
  perform queue.ring();
  return v_woken;
end;
$$;

comment on function flow.raise_event(text, text, bigint, jsonb, interval, text) is
'Raise an event and give the number of branches that go on by it; with 0 it is kept for p_keep. Raises PG516.';

revoke all on function flow.raise_event(text, text, bigint, jsonb, interval, text) from public, pgears_runner;
grant execute on function flow.raise_event(text, text, bigint, jsonb, interval, text) to pgears_admin;
