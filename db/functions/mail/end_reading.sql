-- Give the lease of a mailbox back; with p_more, or after an announcement, the next turn is due at once.

create or replace function mail.end_reading(
  p_mailbox bigint,
  p_token uuid,
  p_more boolean,
  p_error text default null,
  p_wait interval default '0',
  p_hint text default null
)
returns void
language sql
volatile
security definer  -- lends: writing mailboxes to the runner
begin atomic
  update mail.mailbox as b
  set
    lease_token = null,
    lease_until = null,
    polled = core.now(),
    error = p_error,
    hint = p_hint,
    due = core.now() + greatest(p_wait, case when p_more or b.rung then interval '0' else b.poll_every end)
  where b.id = p_mailbox and b.lease_token = p_token;
end;

comment on function mail.end_reading(bigint, uuid, boolean, text, interval, text) is 'End a turn of reading, with the error that ended it if any and what to do about it, and the time that the server wants to be left alone.';

revoke all on function mail.end_reading(bigint, uuid, boolean, text, interval, text) from public;
grant execute on function mail.end_reading(bigint, uuid, boolean, text, interval, text) to pgears_runner;
