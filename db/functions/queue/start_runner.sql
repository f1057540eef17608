-- Register a runner: an identity per start of a process, alive for p_lease from now.

create or replace function queue.start_runner(p_name text, p_lease interval default '30 seconds')
returns uuid
language sql
volatile
security definer  -- lends: writing queue.runner to runners
begin atomic
  insert into queue.runner (name, lease_until)
  values (p_name, core.now() + p_lease)
  returning id;
end;

comment on function queue.start_runner(text, interval) is 'Register a runner and give its identity.';

revoke all on function queue.start_runner(text, interval) from public;
grant execute on function queue.start_runner(text, interval) to pgears_runner;
