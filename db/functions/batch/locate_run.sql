-- Fill in the lines of rows in error while the run goes on.
-- requires: batch.lock_import batch.locate_errors

create or replace function batch.locate_run(p_run bigint, p_token uuid)
returns void
language plpgsql
volatile
security definer  -- lends: reading staging tables to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform batch.lock_import(p_run, p_token);
  perform batch.locate_errors(p_run);
end;
$$;

comment on function batch.locate_run(bigint, uuid) is 'Fill in the lines of rows in error of a running run. Raises PG704.';

revoke all on function batch.locate_run(bigint, uuid) from public;
grant execute on function batch.locate_run(bigint, uuid) to pgears_admin, pgears_runner;
