-- Messages that were asked for again and that the server has not any more: quarantined for good.

create or replace function mail.give_up_unfetched(p_mailbox bigint, p_token uuid, p_keys text[])
returns void
language plpgsql
volatile
security definer  -- lends: writing received messages to the runner
set search_path = pg_catalog, pg_temp
as $$
begin
  perform mail.hold_mailbox(p_mailbox, p_token);

  update mail.received as r
  set state = 'quarantined', error = 'the server has it no more', settled = core.now()
  where r.mailbox_id = p_mailbox and r.key = any (p_keys) and r.state = 'stored' and not r.fetched;
end;
$$;

comment on function mail.give_up_unfetched(bigint, uuid, text[]) is
'Quarantine messages that were to be fetched again and are gone. Raises PG407 when the lease of the mailbox is lost.';

revoke all on function mail.give_up_unfetched(bigint, uuid, text[]) from public;
grant execute on function mail.give_up_unfetched(bigint, uuid, text[]) to pgears_runner;
