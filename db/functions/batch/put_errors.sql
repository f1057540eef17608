-- Put back the rows in error that batch.list_errors gave.
-- requires: batch.lock_import

create or replace function batch.put_errors(p_run bigint, p_token uuid, p_errors jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: writing rows in error to the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform batch.lock_import(p_run, p_token);
  delete from batch.import_error as e where e.run_id = p_run;

  insert into batch.import_error (run_id, record, line, column_code, value, reason)
  select p_run, e.record, e.line, e.column_code, e.value, e.reason
  from jsonb_to_recordset(p_errors) as e (record bigint, line bigint, column_code text, value text, reason text);
end;
$$;

comment on function batch.put_errors(bigint, uuid, jsonb) is 'Have a run have these rows in error. Raises PG704.';

revoke all on function batch.put_errors(bigint, uuid, jsonb) from public;
grant execute on function batch.put_errors(bigint, uuid, jsonb) to pgears_admin, pgears_runner;
