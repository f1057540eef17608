-- Wake runners, but only when one sleeps: NOTIFY makes committing writers stand in line.
--
-- Writers call it after their insert into queue.task. They only read the flag; setting and
-- clearing are the runner's, so a rollback here never takes a wake-up along.

create or replace function queue.ring()
returns void
language sql
volatile
begin atomic
  select case when pg_sequence_last_value('queue.bell') = 2 then pg_notify('pgears_queue', '') end;
end;

comment on function queue.ring() is 'Ring the doorbell if somebody sleeps. Call it after inserting tasks.';

revoke all on function queue.ring() from public;
grant execute on function queue.ring() to pgears_runner;
grant select on sequence queue.bell to pgears_runner;
