-- End a run as failed whose file cannot be opened.
-- requires: batch.follow_import

create or replace function batch.abandon_import(p_run bigint, p_error text)
returns void
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  update batch.import_run as r
  set state = 'failed', token = null, error = p_error, ended = core.now()
  where r.id = p_run and r.state in ('waiting', 'running');

  if found then
    delete from batch.progress as p where p.kind = 'import' and p.run_id = p_run;
    perform batch.follow_import(p_run);
  end if;
end;
$$;

comment on function batch.abandon_import(bigint, text) is 'End a run as failed before, or instead of, its start; one that has ended stays as it is.';

revoke all on function batch.abandon_import(bigint, text) from public;
grant execute on function batch.abandon_import(bigint, text) to pgears_admin, pgears_runner;
