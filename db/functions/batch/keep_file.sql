-- Keep the file of a run with it.
-- requires: batch.lock_import

create or replace function batch.keep_file(p_run bigint, p_token uuid, p_file bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs to the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform batch.lock_import(p_run, p_token);
  update batch.import_run as r set file_id = p_file where r.id = p_run;
end;
$$;

comment on function batch.keep_file(bigint, uuid, bigint) is 'Keep a stored file as that of a run. Raises PG704.';

revoke all on function batch.keep_file(bigint, uuid, bigint) from public;
grant execute on function batch.keep_file(bigint, uuid, bigint) to pgears_admin, pgears_runner;
