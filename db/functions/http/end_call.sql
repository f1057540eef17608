-- A call is over: record how, and tell whoever waits for it.

create or replace function http.end_call(p_call http.call, p_state text, p_error text default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update http.call as c
  set state = p_state, settled = core.now(), error = p_error, hold = null, parked = false
  where c.id = p_call.id;

  if p_call.then_kind is not null then
    perform queue.enqueue(p_call.then_kind, coalesce(p_call.then_payload, '{}') || jsonb_build_object('call', p_call.id, 'state', p_state));
  end if;
end;
$$;

comment on function http.end_call(http.call, text, text) is 'Set the last state of a call and enqueue the task that waits for it.';

revoke all on function http.end_call(http.call, text, text) from public;
