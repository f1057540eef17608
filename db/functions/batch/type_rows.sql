-- Convert the loaded rows into batch.import_<run>, the import table that scripts read and change.
--
-- Optimistic: one statement with plain casts. Only when it fails is each column tried alone, and
-- of those that fail each cell; the bad ones become rows of batch.import_error and null here.
-- requires: batch.lock_import batch.typed_insert batch.find_bad_cells batch.find_bad_references

create or replace function batch.type_rows(p_run bigint, p_token uuid)
returns bigint
language plpgsql
volatile
security definer  -- lends: making tables of schema batch to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_rows bigint;
  v_bad bigint;
begin
  perform set_config('timezone', coalesce((select i.definition ->> 'time_zone' from batch.import as i where i.id = v_run.import_id), 'UTC'), true);
  perform set_config('datestyle', 'ISO, YMD', true);

  execute format(
    'create unlogged table batch.import_%1$s'
    ' (record bigint not null, row_id bigint, is_error boolean not null default false, is_ignored boolean not null default false, %2$s)',
    p_run, (select string_agg(format('%I %s', p.code, p.sql_type), ', ') from batch.import_plan(p_run) as p)
  );
  execute format('comment on table batch.import_%s is %L', p_run, 'Import table: rows of a file on their way into a class.');

  execute format(
    'insert into batch.import_error (run_id, record, line, reason) select %1$s, l.record, l.line, l.problem from batch.load_%1$s as l where l.problem is not null',
    p_run
  );
  get diagnostics v_bad = row_count;
  perform batch.find_bad_references(p_run);

  begin
    execute batch.typed_insert(p_run, true);
    get diagnostics v_rows = row_count;
  exception
    when data_exception then
      v_rows := null;
  end;

  if v_rows is null then
    perform batch.find_bad_cells(p_run);
    execute batch.typed_insert(p_run, false);
    get diagnostics v_rows = row_count;
  end if;

  if v_rows > 20000 then
    execute format('create index import_%1$s_record_idx on batch.import_%1$s using brin (record) with (pages_per_range = 16)', p_run);
  end if;
  execute format('analyze batch.import_%s', p_run);
  execute format('grant select, update on batch.import_%s to %I', p_run, v_run.account);
  update batch.import_run as r set rows_read = v_rows + v_bad where r.id = p_run;

  return v_rows + v_bad;
end;
$$;

comment on function batch.type_rows(bigint, uuid) is
'Number of rows of the file; the import table of the run is filled, bad cells are rows of batch.import_error. Raises PG704.';

revoke all on function batch.type_rows(bigint, uuid) from public;
grant execute on function batch.type_rows(bigint, uuid) to pgears_admin, pgears_runner;
