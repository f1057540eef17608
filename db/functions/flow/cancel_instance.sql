-- Cancel an instance with all that it waits for.
-- requires: flow.lock_instance flow.cancel_branches flow.finish_instance

create or replace function flow.cancel_instance(p_instance bigint, p_reason text default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing instances to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform flow.lock_instance(p_instance, '{0, 3, 6}', 'cancelled');
  perform flow.cancel_branches(p_instance, coalesce(p_reason, 'cancelled by ' || access.current_account()));
  perform flow.finish_instance(p_instance, 2::smallint, p_reason);
end;
$$;

comment on function flow.cancel_instance(bigint, text) is 'Cancel an instance that is not over. Raises PG513, PG514.';

revoke all on function flow.cancel_instance(bigint, text) from public;
grant execute on function flow.cancel_instance(bigint, text) to pgears_admin, pgears_runner;
