-- Replace a calculated column whose expression has changed, in the table of one class.
--
-- The former one steps aside under another name, because API views still read it, and is
-- swept after their renewal.

create or replace function meta.recalculate_column(p_class bigint, p_column bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.class_column;
  v_expression text;
  v_former text;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_expression := meta.condition_expression(v_column.class_id, v_column.definition ->> 'sql', '');

  if v_expression = v_column.calculated_sql then
    return;
  end if;

  select format('c%s_%s', p_column, count(*)) into v_former
  from meta.dropped_column as d
  where d.class_id = p_class and d.column_id = p_column;

  execute format('alter table data.datarow_%s rename column c%s to %I', p_class, p_column, v_former);

  begin
    execute format(
      'alter table data.datarow_%s add column c%s %s generated always as (%s) stored',
      p_class, p_column, meta.column_sql_type(v_column.type, v_column.definition), v_expression
    );
  exception
    when invalid_object_definition or syntax_error or undefined_function or undefined_column or datatype_mismatch or feature_not_supported then
      raise exception 'the calculation of column "%" does not compile: %', v_column.code, sqlerrm
        using errcode = 'PG119', hint = 'Use immutable SQL over {{column.code}} of the same row that gives the type in "result".';
  end;

  insert into meta.dropped_column (class_id, column_id, physical) values (p_class, p_column, v_former);
end;
$$;

comment on function meta.recalculate_column(bigint, bigint) is 'Renew a calculated column of one class table. Raises PG119 when it does not compile.';

revoke all on function meta.recalculate_column(bigint, bigint) from public;
