-- Name the cells that cannot be converted: column by column, and in those that fail cell by cell.
--
-- A function made for the column has the same expression as the conversion, so the two agree.
-- requires: batch.import_plan batch.cell_refusal

create or replace function batch.find_bad_cells(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition constant jsonb := (select i.definition from batch.import_run as r inner join batch.import as i on r.import_id = i.id where r.id = p_run);
  v_column record;
begin
  for v_column in
    select *
    from batch.import_plan(p_run) as p
    where not p.is_reference and p.sql_type <> 'text'
  loop
    begin
      execute format('select count(%s) from batch.load_%s as l where l.problem is null', v_column.expression, p_run);
      continue;
    exception
      when data_exception then
        null;
    end;

    execute format(
      $sql$
      create or replace function pg_temp.refusal(l batch.load_%1$s) returns text language plpgsql as $body$
      begin
        perform %2$s;
        return null;
      exception
        when numeric_value_out_of_range or datetime_field_overflow then return 'is out of range';
        when data_exception then return %3$L;
      end;
      $body$
      $sql$,
      p_run, v_column.expression, batch.cell_refusal(v_column.sql_type, v_definition)
    );
    execute format(
      'insert into batch.import_error (run_id, record, line, column_code, value, reason)'
      ' select %1$s, b.record, b.line, %2$L, left(b.value, 1000), b.reason'
      ' from (select l.record, l.line, %3$s as value, pg_temp.refusal(l) as reason from batch.load_%1$s as l where l.problem is null offset 0) as b'
      ' where b.reason is not null',
      p_run, v_column.code, v_column.operand
    );
    execute format('drop function pg_temp.refusal(batch.load_%s)', p_run);
  end loop;
end;
$$;

comment on function batch.find_bad_cells(bigint) is 'Insert rows into batch.import_error for the cells of a loaded file that are not of the type of their column.';

revoke all on function batch.find_bad_cells(bigint) from public;
