-- Make a call again that was refused, is unknown, gave up, is held or was cancelled: same content, same key, all its attempts.
-- requires: http.enqueue_call http.lock_call

create or replace function http.retry(p_call bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing calls to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call http.call;
begin
  v_call := http.lock_call(p_call, array['refused', 'unknown', 'dead', 'held', 'cancelled'], 'made again');

  if v_call.target_id is null then
    raise exception 'the target of call % is gone', p_call
      using errcode = 'PG541', hint = 'Write a new call.';
  end if;

  update http.call as c
  set state = 'queued', attempts = 0, error = null, hold = null, settled = null, token = null, slot = null
  where c.id = p_call;
  perform http.enqueue_call(p_call);
end;
$$;

comment on function http.retry(bigint) is
'Queue a call again under its key. Raises PG544 when there is none, PG546 unless it is refused, unknown, dead, held or cancelled.';

revoke all on function http.retry(bigint) from public;
grant execute on function http.retry(bigint) to pgears_admin;
