-- Take a run back that nobody has begun.

create or replace function sync.withdraw_run(p_run bigint)
returns void
language sql
volatile
security definer  -- lends: deleting runs that wait to administrators and the service
begin atomic
  delete from sync.run as r
  where r.id = p_run and r.state = 'waiting';
end;

comment on function sync.withdraw_run(bigint) is 'Delete a run that waits to be done.';

revoke all on function sync.withdraw_run(bigint) from public;
grant execute on function sync.withdraw_run(bigint) to pgears_admin, pgears_runner;
