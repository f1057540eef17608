-- Drop an export with the log of its runs.

create or replace function batch.drop_export(p_export bigint)
returns void
language sql
volatile
security definer  -- lends: writing exports to administrators
begin atomic
  delete from batch.export as e
  where e.id = p_export;
end;

comment on function batch.drop_export(bigint) is 'Drop an export and its runs; one that is under way ends without effect.';

revoke all on function batch.drop_export(bigint) from public;
grant execute on function batch.drop_export(bigint) to pgears_admin;
