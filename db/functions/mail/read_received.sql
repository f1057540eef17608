-- A piece of a stored message; nothing behind its end.

create or replace function mail.read_received(p_received bigint, p_offset bigint, p_length integer)
returns bytea
language sql
stable
security definer  -- lends: received messages to the runner
begin atomic
  select substring(r.raw from (p_offset + 1)::integer for p_length)
  from mail.received as r
  where r.id = p_received;
end;

comment on function mail.read_received(bigint, bigint, integer) is 'Up to p_length bytes of a received message from p_offset on; empty behind its end, null without the message.';

revoke all on function mail.read_received(bigint, bigint, integer) from public;
grant execute on function mail.read_received(bigint, bigint, integer) to pgears_runner;
