-- Public: import a file that the caller has stored, or one of a run of this import that he may
-- view; a runner does it, with the caller's rights.
--
-- Whoever sees a run has its file (api.run_file), so no other file gets into one by its number.
-- requires: batch.import_id batch.may_start batch.request_import

create or replace function api.run_import(code text, file bigint, force boolean default false)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing runs to accounts with the right to start the import
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account constant text := access.current_account();
  v_name text;
begin
  perform batch.check_start('import', run_import.code);

  select f.name into v_name
  from core.file as f
  where f.id = run_import.file
    and (
      f.creator = v_account
      or exists (
        select
        from batch.import_run as r
        inner join batch.import as i on r.import_id = i.id
        inner join meta.model as m on i.model_id = m.id
        where r.file_id = f.id and i.id = batch.import_id(run_import.code)
          and (r.account = v_account or batch.may_start(v_account, 'import', m.code || '.' || i.code, 'view_log'))
      )
    );

  if not found then
    raise exception 'there is no file % of yours', run_import.file
      using errcode = 'PG707', hint = 'Store the file first, or give its content to api.import_content.';
  end if;

  return batch.request_import(run_import.code, v_account, v_name, p_file => run_import.file, p_force => run_import.force, p_cause => 'service', p_task => true);
end;
$$;

comment on function api.run_import(text, bigint, boolean) is 'Id of the run that imports a stored file. Raises PG561, PG562, PG700, PG703, PG707.';

revoke all on function api.run_import(text, bigint, boolean) from public;
grant execute on function api.run_import(text, bigint, boolean) to public;
