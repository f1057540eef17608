-- Public: import the content of a file by an import that is open to URLs.
-- requires: batch.check_start batch.request_import

create or replace function api.import_by_url(code text, name text, content bytea, force boolean default false)
returns bigint
language plpgsql
volatile
security definer  -- lends: storing files and writing runs to accounts with the right to start the import
set search_path = pg_catalog, pg_temp
as $$
begin
  perform batch.check_start('import', import_by_url.code, 'url');

  return batch.request_import(
    import_by_url.code, access.current_account(), import_by_url.name,
    p_file => core.store_file(import_by_url.name, null, import_by_url.content),
    p_force => import_by_url.force, p_cause => 'service', p_task => true
  );
end;
$$;

comment on function api.import_by_url(text, text, bytea, boolean) is
'Id of the run that imports a file given as its content. Raises PG561, PG562, PG700, PG703, PG707.';

revoke all on function api.import_by_url(text, text, bytea, boolean) from public;
grant execute on function api.import_by_url(text, text, bytea, boolean) to public;
