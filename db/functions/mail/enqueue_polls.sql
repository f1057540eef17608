-- Store a task for each mailbox that is due; gives their number.
--
-- The time of the next turn moves on in the same statement: runners that call this at once
-- make one task.
-- requires: queue.enqueue

create or replace function mail.enqueue_polls()
returns integer
language sql
volatile
security definer  -- lends: writing mailboxes and tasks to the runner
begin atomic
  with picked as (
    select b.id
    from mail.mailbox as b
    where b.enabled and b.due <= core.now() and coalesce(b.lease_until < core.now(), true)
    for update skip locked
  ),
  moved as (
    update mail.mailbox as b
    set due = core.now() + b.poll_every
    from picked as p
    where b.id = p.id
    returning b.id
  )
  select count(queue.enqueue('mailbox.poll', jsonb_build_object('mailbox', m.id)))::integer from moved as m;
end;

comment on function mail.enqueue_polls() is 'Store a task for each mailbox that is due; gives their number.';

revoke all on function mail.enqueue_polls() from public;
grant execute on function mail.enqueue_polls() to pgears_runner;
