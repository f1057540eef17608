-- Lock a call whose state allows what somebody wants to do with it.

create or replace function http.lock_call(p_call bigint, p_states text[], p_deed text)
returns http.call
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call http.call;
begin
  select c.* into v_call from http.call as c where c.id = p_call for update;

  if not found then
    raise exception 'there is no call %', p_call
      using errcode = 'PG544', hint = '"pgears http list" shows what there is.';
  elsif v_call.state <> all (p_states) then
    raise exception 'call % is % and cannot be %', p_call, v_call.state, p_deed
      using errcode = 'PG546', hint = 'This is for calls that are ' || array_to_string(p_states, ' or ') || '.';
  end if;

  return v_call;
end;
$$;

comment on function http.lock_call(bigint, text[], text) is 'A call, locked. Raises PG544 when there is none, PG546 when its state is none of p_states.';

revoke all on function http.lock_call(bigint, text[], text) from public;
