-- Read a quarantined message again at the next turn of its mailbox, which is due at once.

create or replace function mail.retry_received(p_received bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing received messages to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox bigint;
begin
  v_mailbox := mail.lock_quarantined(p_received);

  update mail.received as r
  set state = 'stored', attempts = 0, error = null, settled = null
  where r.id = p_received;

  update mail.mailbox as b set due = '-infinity' where b.id = v_mailbox;
end;
$$;

comment on function mail.retry_received(bigint) is
'Put a quarantined message back among the stored ones. Raises PG410 unless it is quarantined.';

revoke all on function mail.retry_received(bigint) from public;
grant execute on function mail.retry_received(bigint) to pgears_admin;
