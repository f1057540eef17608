-- Record what became of an attempt and settle its task in the same transaction; gives the state of the call.
--
-- p_result: outcome answered (status, headers, truncated), failed (nothing was sent),
-- unknown (sent, no whole answer) or refused (not to be sent: a forbidden address); with
-- error, retry_after (seconds) and duration (seconds). Without the lease nothing is recorded:
-- the call belongs to another attempt. The target is locked only where its breaker may move.
-- requires: http.end_call http.note_attempt http.fill_line

create or replace function http.settle_call(p_call bigint, p_task bigint, p_token uuid, p_result jsonb, p_body bytea default null)
returns text
language plpgsql
volatile
security definer  -- lends: calls to the runner that holds the lease
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call http.call;
  v_target http.target;
  v_outcome constant text := p_result ->> 'outcome';
  v_status constant integer := (p_result ->> 'status')::integer;
  v_alive boolean;
  v_again boolean;
  v_state text;
  v_error text := p_result ->> 'error';
  v_wait interval;
begin
  select c.* into v_call from http.call as c where c.id = p_call for update;
  perform from queue.task as t where t.id = p_task and t.token = p_token for update;
  if not found or v_call.id is null then
    raise exception 'the lease of task % is lost', p_task
      using errcode = 'PG545', hint = 'Another runner has taken the call over; do nothing more with it.';
  end if;
  select t.* into v_target from http.target as t where t.id = v_call.target_id;
  v_alive := case v_outcome when 'answered' then v_status < 500 when 'refused' then null else false end;
  if v_alive is not true or v_target.open_until is not null then
    select t.* into v_target from http.target as t where t.id = v_call.target_id for update;
  end if;

  update http.call as c
  set
    status = v_status,
    response_headers = p_result -> 'headers',
    response = p_body,
    truncated = coalesce((p_result ->> 'truncated')::boolean, false),
    duration = make_interval(secs => (p_result ->> 'duration')::double precision)
  where c.id = p_call;

  v_again := case v_outcome
    when 'answered' then v_status in (408, 425, 429) or v_status >= 500
    when 'failed' then true
    when 'unknown' then v_target.retry_unknown or v_call.method in ('GET', 'HEAD', 'OPTIONS')
    else false
  end;
  v_state := case
    when v_again then case when v_call.attempts < v_target.attempts then 'retrying' else 'dead' end
    when v_outcome = 'answered' and v_status between 200 and 299 then 'done'
    when v_outcome = 'unknown' then 'unknown'
    else 'refused'
  end;
  if v_state <> 'done' then
    v_error := coalesce(v_error, format('the target answered %s', v_status));
  end if;

  if v_state = 'retrying' then
    -- Half of the wait is chance, so that calls that failed together do not come back together.
    v_wait := least(v_target.backoff_most, v_target.backoff * power(2, least(v_call.attempts - 1, 30))) * (0.5 + random() / 2);
    if jsonb_typeof(p_result -> 'retry_after') = 'number' then
      v_wait := greatest(v_wait, make_interval(secs => least((p_result ->> 'retry_after')::double precision, 86400)));
    end if;
    update http.call as c set state = 'retrying', error = v_error where c.id = p_call;
    perform queue.settle_one(p_task, p_token, 'retry', v_error, v_wait);
  else
    perform http.end_call(v_call, v_state, v_error);
    perform queue.settle_one(p_task, p_token);
  end if;

  perform http.note_attempt(v_target, p_call, v_alive);
  perform http.fill_line(v_target.id, 1);
  return v_state;
end;
$$;

comment on function http.settle_call(bigint, bigint, uuid, jsonb, bytea) is
'Record the outcome of an attempt, settle its task, give the state of the call. Raises PG545 without the lease.';

revoke all on function http.settle_call(bigint, bigint, uuid, jsonb, bytea) from public;
grant execute on function http.settle_call(bigint, bigint, uuid, jsonb, bytea) to pgears_runner;
