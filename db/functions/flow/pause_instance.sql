-- Pause an instance: what runs ends its step; timers and events are remembered, not acted on.
-- requires: flow.lock_instance

create or replace function flow.pause_instance(p_instance bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing instances to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform flow.lock_instance(p_instance, '{0}', 'paused');
  update flow.instance as i set state = 6 where i.id = p_instance;
end;
$$;

comment on function flow.pause_instance(bigint) is 'Pause a running instance. Raises PG513, PG514.';

revoke all on function flow.pause_instance(bigint) from public;
grant execute on function flow.pause_instance(bigint) to pgears_admin, pgears_runner;
