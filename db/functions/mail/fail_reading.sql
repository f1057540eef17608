-- Keep why a turn of reading could not begin, so that the status of the mailbox says it.
--
-- The turn that failed has no lease. One that is under way says itself how it ends.

create or replace function mail.fail_reading(p_mailbox bigint, p_error text, p_hint text default null)
returns void
language sql
volatile
security definer  -- lends: writing mailboxes to the runner
begin atomic
  update mail.mailbox as b
  set error = p_error, hint = p_hint, polled = core.now()
  where b.id = p_mailbox and coalesce(b.lease_until < core.now(), true);
end;

comment on function mail.fail_reading(bigint, text, text) is 'Keep the error, and what to do about it, of a mailbox whose turn could not begin.';

revoke all on function mail.fail_reading(bigint, text, text) from public;
grant execute on function mail.fail_reading(bigint, text, text) to pgears_runner;
