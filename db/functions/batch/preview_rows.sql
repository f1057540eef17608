-- Rows of the import table as they would go in, with what would become of them.
-- requires: batch.lock_import

create or replace function batch.preview_rows(p_run bigint, p_token uuid)
returns table ("row" json)
language plpgsql
volatile
security definer  -- lends: reading import tables to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform batch.lock_import(p_run, p_token);

  return query execute format(
    'select to_json(p) from (select case when t.is_error then ''error'' when t.is_ignored then ''ignored''
      when t.row_id is null then ''new record'' else ''record '' || t.row_id end as becomes, %s
    from batch.import_%s as t
    order by t.record) as p',
    (select string_agg(format('t.%I', p.code), ', ') from batch.import_plan(p_run) as p), p_run
  );
end;
$$;

comment on function batch.preview_rows(bigint, uuid) is 'Rows of the import table of a run as JSON, in the order of the file. Raises PG704.';

revoke all on function batch.preview_rows(bigint, uuid) from public;
grant execute on function batch.preview_rows(bigint, uuid) to pgears_admin, pgears_runner;
