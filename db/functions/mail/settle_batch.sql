-- The server was told of these messages; with a cursor, the next listing begins there.
--
-- The cursor is committed last of all: a crash before lists the same messages again, and
-- those that are stored are known by their keys.

create or replace function mail.settle_batch(
  p_mailbox bigint,
  p_token uuid,
  p_keys text[],
  p_cursor jsonb default null,
  p_token_expires timestamptz default null
)
returns void
language plpgsql
volatile
security definer  -- lends: writing mailboxes and received messages to the runner
set search_path = pg_catalog, pg_temp
as $$
begin
  perform mail.hold_mailbox(p_mailbox, p_token);

  update mail.received as r
  set told = true
  where r.mailbox_id = p_mailbox and r.key = any (p_keys) and not r.told;

  update mail.mailbox as b
  set cursor = coalesce(p_cursor, b.cursor), token_expires = coalesce(p_token_expires, b.token_expires)
  where b.id = p_mailbox and (p_cursor is not null or p_token_expires is not null);
end;
$$;

comment on function mail.settle_batch(bigint, uuid, text[], jsonb, timestamptz) is
'Record that the server was told of messages, and the cursor. Raises PG407 when the lease of the mailbox is lost.';

revoke all on function mail.settle_batch(bigint, uuid, text[], jsonb, timestamptz) from public;
grant execute on function mail.settle_batch(bigint, uuid, text[], jsonb, timestamptz) to pgears_runner;
