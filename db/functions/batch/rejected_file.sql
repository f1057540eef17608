-- Definition and columns of the file that a run read.

create or replace function batch.rejected_file(p_run bigint)
returns table (definition jsonb, fields text[])
language sql
stable
security definer  -- lends: reading runs to administrators and the service
begin atomic
  select i.definition, r.fields
  from batch.import_run as r
  inner join batch.import as i on r.import_id = i.id
  where r.id = p_run;
end;

comment on function batch.rejected_file(bigint) is 'Definition of the import of a run, and the columns of its file.';

revoke all on function batch.rejected_file(bigint) from public;
grant execute on function batch.rejected_file(bigint) to pgears_admin, pgears_runner;
