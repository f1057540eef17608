-- Register a runner: an identity per start of a process, alive for p_lease from now.
-- A copy that was not told its environment has none, so that nothing leaves it.

create or replace function queue.start_runner(p_name text, p_lease interval default '30 seconds')
returns uuid
language plpgsql
volatile
security definer  -- lends: writing queue.runner to runners
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  perform core.check_place();

  insert into queue.runner (name, lease_until)
  values (p_name, core.now() + p_lease)
  returning id into v_id;

  return v_id;
end;
$$;

comment on function queue.start_runner(text, interval) is 'Register a runner and give its identity. Raises PG960 in a copy that was not told its environment.';

revoke all on function queue.start_runner(text, interval) from public;
grant execute on function queue.start_runner(text, interval) to pgears_runner;
