-- Name the cells whose reference was not found, or found more than once.
-- requires: batch.import_plan

create or replace function batch.find_bad_references(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_separator constant text := coalesce(
    (select i.definition ->> 'list_separator' from batch.import_run as r inner join batch.import as i on r.import_id = i.id where r.id = p_run), '|'
  );
  v_column record;
begin
  for v_column in
    select *
    from batch.import_plan(p_run) as p
    where p.is_reference
  loop
    execute format(
      'insert into batch.import_error (run_id, record, line, column_code, value, reason)'
      ' select %1$s, l.record, l.line, %2$L, left(v.value, 1000),'
      ' case when m.hits is null then %5$L else format(''is %%s records'', m.hits) end'
      ' from batch.load_%1$s as l cross join lateral (select btrim(u.value) as value from %3$s as u (value)) as v'
      ' left join batch.map_%1$s as m on m.code = %2$L and m.value = v.value'
      ' where l.problem is null and v.value <> '''' and m.hits is distinct from 1',
      p_run, v_column.code,
      case when v_column.is_array then format('string_to_table(%s, %L)', v_column.operand, v_separator) else format('(values (%s))', v_column.operand) end,
      null,
      case v_column.reference_by when 'class' then 'is no class' when 'user' then 'is no account' else 'is no record' end
    );
  end loop;
end;
$$;

comment on function batch.find_bad_references(bigint) is 'Insert rows into batch.import_error for references of a loaded file that do not mean one record.';

revoke all on function batch.find_bad_references(bigint) from public;
