-- Claim a call for this attempt, and give all that the attempt needs.
--
-- Committed before the other system is asked. A call found as "sending" was left by an
-- attempt that nobody knows the end of: it goes out again only where that does no harm (a
-- method that changes nothing, or retry_unknown: the target knows the key). The guard is
-- asked here and not when the call was written, so that the calls of a restored copy are
-- guarded as well.

create or replace function http.begin_call(p_call bigint, p_task bigint, p_token uuid, out details jsonb, out body bytea)
language plpgsql
volatile
security definer  -- lends: calls to the runner that holds the lease
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call http.call;
  v_target http.target;
  v_url text;
  v_hold text;
  v_lost text;
  v_now constant timestamptz := core.now();
  v_sending bigint;
begin
  select c.* into v_call from http.call as c where c.id = p_call for update;
  perform from queue.task as t where t.id = p_task and t.token = p_token for update;
  if not found then
    raise exception 'the lease of task % is lost', p_task
      using errcode = 'PG545', hint = 'Another runner has taken the call over; do nothing more with it.';
  end if;

  if v_call.id is null or v_call.state not in ('queued', 'retrying', 'sending') or v_call.task_id is distinct from p_task then
    perform queue.settle_one(p_task, p_token);
    details := jsonb_build_object('outcome', 'nothing');
    return;
  end if;

  select t.* into v_target from http.target as t where t.id = v_call.target_id for update;
  if v_target.id is null then
    perform http.end_call(v_call, 'cancelled', 'the target is gone');
    perform queue.settle_one(p_task, p_token);
    details := jsonb_build_object('outcome', 'nothing');
    return;
  end if;

  if v_call.state = 'sending' and v_call.token is distinct from p_token then
    v_lost := case
      when not v_target.retry_unknown and v_call.method not in ('GET', 'HEAD', 'OPTIONS') then 'unknown'
      when v_call.attempts >= v_target.attempts then 'dead'
    end;
    if v_lost is not null then
      perform http.end_call(v_call, v_lost, 'an attempt was lost: the target may have had the call');
      perform http.note_attempt(v_target, p_call, null);
      perform http.fill_line(v_target.id, 1);
      perform queue.settle_one(p_task, p_token);
      details := jsonb_build_object('outcome', v_lost);
      return;
    end if;
  end if;

  v_url := v_target.definition -> 'urls' ->> core.environment();
  v_hold := case
    when not v_target.enabled then 'disabled'
    when v_target.integration and not core.integration() then 'integration'
    when v_url is null and http.guard() = 'hold' then 'guard'
  end;
  if v_hold is not null then
    update http.call as c
    set
      state = 'held',
      hold = v_hold,
      error = case v_hold
        when 'disabled' then 'the target is switched off'
        when 'integration' then 'the integration switch is off'
        else format('held by the guard of the %s environment', core.environment())
      end
    where c.id = p_call;
    update http.target as t set probe_id = null where t.id = v_target.id and t.probe_id = p_call;
    perform queue.settle_one(p_task, p_token);
    details := jsonb_build_object('outcome', 'held');
    return;
  end if;

  select count(*) into v_sending from http.call as c where c.target_id = v_target.id and c.settled is null and c.state = 'sending' and c.id <> p_call;
  if v_sending >= v_target.max_parallel
    or v_target.open_until > v_now
    or v_target.open_until is not null and exists (
      select from http.call as c where c.id = v_target.probe_id and c.id <> p_call and c.state = 'sending'
    )
  then
    update http.call as c
    set
      parked = true,
      task_id = null,
      -- A time under the pace of the target is kept, but not over a pause.
      slot = case when v_target.open_until is null then c.slot end,
      state = case when c.state = 'sending' then 'retrying' else c.state end
    where c.id = p_call;
    perform queue.settle_one(p_task, p_token);
    -- Nothing has left: lost with the server it would be parked again, so nobody waits for the disk, whoever waits for the target.
    perform set_config('synchronous_commit', 'off', true);
    details := jsonb_build_object('outcome', 'parked');
    return;
  end if;

  if v_target.per_minute is not null then
    if v_call.slot is null then
      v_call.slot := greatest(v_target.free_at, v_now);
      update http.target as t set free_at = v_call.slot + interval '1 minute' / v_target.per_minute where t.id = v_target.id;
      update http.call as c set slot = v_call.slot where c.id = p_call;
    end if;
    if v_call.slot > v_now then
      perform queue.settle_one(p_task, p_token, 'release', null, v_call.slot - v_now);
      details := jsonb_build_object('outcome', 'later');
      return;
    end if;
  end if;

  if v_target.open_until is not null then
    update http.target as t set probe_id = p_call where t.id = v_target.id;
  end if;

  update http.call as c
  set state = 'sending', token = p_token, slot = null, attempts = c.attempts + 1, attempted = v_now
  where c.id = p_call;

  body := v_call.body;
  details := v_target.definition || jsonb_build_object(
    'outcome', 'send',
    'target_id', v_target.id,
    'url', rtrim(coalesce(v_url, v_target.definition ->> 'url'), '/') || v_call.path,
    'method', v_call.method,
    'call_headers', v_call.headers,
    'content_type', v_call.content_type,
    'key', v_call.key,
    'timeout', extract(epoch from coalesce((v_target.definition ->> 'timeout')::interval, '30 seconds'))
  );
end;
$$;

comment on function http.begin_call(bigint, bigint, uuid) is
'Claim a call for an attempt: outcome send with all it needs; or unknown, dead, held, parked, later, nothing, and the task is settled. Raises PG545.';

revoke all on function http.begin_call(bigint, bigint, uuid) from public;
grant execute on function http.begin_call(bigint, bigint, uuid) to pgears_runner;
