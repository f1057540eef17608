-- Give the lease of a mailbox back; with p_more the next turn is due at once.

create or replace function mail.end_reading(p_mailbox bigint, p_token uuid, p_more boolean, p_error text default null)
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
    due = core.now() + case when p_more then interval '0' else b.poll_every end
  where b.id = p_mailbox and b.lease_token = p_token;
end;

comment on function mail.end_reading(bigint, uuid, boolean, text) is 'End a turn of reading, with the error that ended it if any.';

revoke all on function mail.end_reading(bigint, uuid, boolean, text) from public;
grant execute on function mail.end_reading(bigint, uuid, boolean, text) to pgears_runner;
