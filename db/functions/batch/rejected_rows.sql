-- The records in error of a run as they stood in its file.

create or replace function batch.rejected_rows(p_run bigint)
returns table (fields text[], line bigint, reasons text)
language sql
stable
security definer  -- lends: reading rows in error to administrators and the service
begin atomic
  select
    j.fields,
    min(e.line),
    string_agg(concat_ws(' ', e.column_code, nullif(e.value, ''), e.reason), '; ' order by e.column_code)
  from batch.import_reject as j
  inner join batch.import_error as e on j.run_id = e.run_id and j.record = e.record
  where j.run_id = p_run
  group by j.record, j.fields
  order by j.record;
end;

comment on function batch.rejected_rows(bigint) is 'Fields, line and reasons of each record in error of a run.';

revoke all on function batch.rejected_rows(bigint) from public;
grant execute on function batch.rejected_rows(bigint) to pgears_admin, pgears_runner;
