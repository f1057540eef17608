-- Lock a message whose state allows what somebody wants to do with it.

create or replace function mail.lock_message(p_message bigint, p_states text[], p_deed text)
returns mail.message
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message mail.message;
begin
  select m.* into v_message from mail.message as m where m.id = p_message for update;

  if not found then
    raise exception 'there is no mail %', p_message
      using errcode = 'PG405', hint = '"pgears mail list" shows what there is.';
  elsif v_message.state <> all (p_states) then
    raise exception 'mail % is % and cannot be %', p_message, v_message.state, p_deed
      using errcode = 'PG406', hint = 'This is for mails that are ' || array_to_string(p_states, ' or ') || '.';
  end if;

  return v_message;
end;
$$;

comment on function mail.lock_message(bigint, text[], text) is
'A message, locked. Raises PG405 when there is none, PG406 when its state is none of p_states.';

revoke all on function mail.lock_message(bigint, text[], text) from public;
