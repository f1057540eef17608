-- The server announced something: the mailbox is due now, or right after the turn under way.
-- requires: mail.enqueue_polls

create or replace function mail.ring_mailbox(p_mailbox bigint)
returns void
language sql
volatile
security definer  -- lends: writing mailboxes and tasks to the runner
begin atomic
  update mail.mailbox as b set rung = true, due = '-infinity' where b.id = p_mailbox and b.enabled;
  select mail.enqueue_polls();
end;

comment on function mail.ring_mailbox(bigint) is 'Make a mailbox due at once and store the task that reads it.';

revoke all on function mail.ring_mailbox(bigint) from public;
grant execute on function mail.ring_mailbox(bigint) to pgears_runner;
