-- Rows in error of a run as they are kept, for a caller who takes his statements back.

create or replace function batch.list_errors(p_run bigint, p_most integer)
returns jsonb
language sql
stable
security definer  -- lends: reading rows in error to the service
begin atomic
  select coalesce(jsonb_agg(to_jsonb(l.*)), '[]')
  from (
    select e.record, e.line, e.column_code, e.value, e.reason
    from batch.import_error as e
    where e.run_id = p_run
    order by e.record
    limit p_most
  ) as l;
end;

comment on function batch.list_errors(bigint, integer) is 'At most so many rows in error of a run.';

revoke all on function batch.list_errors(bigint, integer) from public;
grant execute on function batch.list_errors(bigint, integer) to pgears_admin, pgears_runner;
