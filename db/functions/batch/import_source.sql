-- Where the file of a run is.

create or replace function batch.import_source(p_run bigint)
returns table (state text, cause text, file_name text, path text, file_id bigint, folder text, errors bigint)
language sql
stable
security definer  -- lends: reading runs to administrators and the service
begin atomic
  select r.state, r.cause, r.file_name, r.path, r.file_id, i.definition ->> 'folder', r.errors
  from batch.import_run as r
  inner join batch.import as i on r.import_id = i.id
  where r.id = p_run;
end;

comment on function batch.import_source(bigint) is 'State of a run and where its file is: a path, or a file in the database.';

revoke all on function batch.import_source(bigint) from public;
grant execute on function batch.import_source(bigint) to pgears_admin, pgears_runner;
