-- Public: import the content of a file; a runner does it, with the caller's rights.
-- requires: batch.check_start batch.request_import

create or replace function api.import_content(code text, name text, content bytea, force boolean default false)
returns bigint
language plpgsql
volatile
security definer  -- lends: storing files and writing runs to accounts with the right to start the import
set search_path = pg_catalog, pg_temp
as $$
begin
  perform batch.check_start('import', import_content.code);

  return batch.request_import(
    import_content.code, access.current_account(), import_content.name,
    p_file => core.store_file(import_content.name, null, import_content.content),
    p_force => import_content.force, p_cause => 'service', p_task => true
  );
end;
$$;

comment on function api.import_content(text, text, bytea, boolean) is 'Id of the run that imports a file given as its content. Raises PG561, PG562, PG700, PG703, PG707.';

revoke all on function api.import_content(text, text, bytea, boolean) from public;
grant execute on function api.import_content(text, text, bytea, boolean) to public;
