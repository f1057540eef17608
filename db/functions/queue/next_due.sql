-- How long until the next delayed task is due: as long as a runner may sleep. Null: there is none.

create or replace function queue.next_due()
returns double precision
language sql
volatile
security definer  -- lends: reading queue.task to runners
begin atomic
  select extract(epoch from min(t.due) - core.now())::double precision
  from queue.task as t
  where t.state = 'delayed';
end;

comment on function queue.next_due() is 'Seconds until the next delayed task is due, by core.now(); null when none waits.';

revoke all on function queue.next_due() from public;
grant execute on function queue.next_due() to pgears_runner;
