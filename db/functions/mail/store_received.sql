-- Store a message as it came, once: the same content under the same key is the same message.
--
-- Committed before the server is told that the message was read. The lease of the reader
-- is asked for and moved on: a reader that lost it stores nothing more.

create or replace function mail.store_received(p_mailbox bigint, p_token uuid, p_key text, p_raw bytea)
returns boolean
language plpgsql
volatile
security definer  -- lends: writing received messages to the runner
set search_path = pg_catalog, pg_temp
as $$
begin
  update mail.mailbox as b
  set lease_until = greatest(b.lease_until, core.now() + interval '1 minute')
  where b.id = p_mailbox and b.lease_token = p_token;

  if not found then
    raise exception 'mailbox % is read by somebody else now', p_mailbox
      using errcode = 'PG407', hint = 'The lease ran out; begin another turn with mail.begin_reading().';
  end if;

  insert into mail.received (mailbox_id, key, sha256, raw, received)
  values (p_mailbox, p_key, sha256(p_raw), p_raw, core.now())
  on conflict (mailbox_id, key, sha256) do nothing;

  return found;
end;
$$;

comment on function mail.store_received(bigint, uuid, text, bytea) is
'Store a message; false when it was stored before. Raises PG407 when the lease of the mailbox is lost.';

revoke all on function mail.store_received(bigint, uuid, text, bytea) from public;
grant execute on function mail.store_received(bigint, uuid, text, bytea) to pgears_runner;
