-- Drop an import with the log of its runs.

create or replace function batch.drop_import(p_import bigint)
returns void
language sql
volatile
security definer  -- lends: writing imports to administrators
begin atomic
  delete from batch.import as i
  where i.id = p_import;
end;

comment on function batch.drop_import(bigint) is 'Drop an import and its runs; one that is under way ends without effect.';

revoke all on function batch.drop_import(bigint) from public;
grant execute on function batch.drop_import(bigint) to pgears_admin;
