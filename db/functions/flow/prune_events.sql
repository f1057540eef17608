-- Delete events that are over: taken, or never taken and past their deadline, a month ago.
-- requires: core.now

create or replace function flow.prune_events()
returns bigint
language sql
volatile
security definer  -- lends: deleting old events to the runner
begin atomic
  with gone as (
    delete from flow.event as e
    where e.raised < (select core.now()) - interval '30 days' and (e.taken is not null or e.keep_until < (select core.now()))
    returning e.id
  )
  select count(*) from gone as g;
end;

comment on function flow.prune_events() is 'Delete old events that are over; gives their number.';

revoke all on function flow.prune_events() from public;
grant execute on function flow.prune_events() to pgears_runner;
