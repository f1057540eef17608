-- Public: export by code; a runner does it, with the caller's rights.
-- requires: batch.check_start batch.request_export

create or replace function api.run_export(code text)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing runs to accounts with the right to start the export
set search_path = pg_catalog, pg_temp
as $$
begin
  perform batch.check_start('export', run_export.code);
  return batch.request_export(run_export.code, access.current_account(), 'service', p_task => true);
end;
$$;

comment on function api.run_export(text) is 'Id of the run that exports. Raises PG561, PG562, PG703, PG707, PG710.';

revoke all on function api.run_export(text) from public;
grant execute on function api.run_export(text) to public;
