-- Quarantine a message that the server lists and cannot give, so that it stops nobody.
--
-- It stays on the server as it is; retrying it asks the server again.

create or replace function mail.set_aside(p_mailbox bigint, p_token uuid, p_key text, p_error text)
returns void
language plpgsql
volatile
security definer  -- lends: writing received messages to the runner
set search_path = pg_catalog, pg_temp
as $$
begin
  perform mail.hold_mailbox(p_mailbox, p_token);

  insert into mail.received as r (mailbox_id, key, sha256, raw, received, state, error, fetched, told, settled)
  values (p_mailbox, p_key, sha256(''), '', core.now(), 'quarantined', p_error, false, true, core.now())
  on conflict (mailbox_id, key, sha256) do update
  set state = 'quarantined', error = excluded.error, settled = excluded.settled
  where not r.fetched;
end;
$$;

comment on function mail.set_aside(bigint, uuid, text, text) is
'Quarantine a message that could not be fetched. Raises PG407 when the lease of the mailbox is lost.';

revoke all on function mail.set_aside(bigint, uuid, text, text) from public;
grant execute on function mail.set_aside(bigint, uuid, text, text) to pgears_runner;
