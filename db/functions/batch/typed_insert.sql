-- The statement that converts loaded rows into the import table, without the cells known to be bad.
-- The fast one fails where a cell has spaces around it.
-- requires: batch.import_plan

create or replace function batch.typed_insert(p_run bigint, p_fast boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_separator constant text := coalesce(
    (select i.definition ->> 'list_separator' from batch.import_run as r inner join batch.import as i on r.import_id = i.id where r.id = p_run), '|'
  );
  v_bad constant text := format('select e.record from batch.import_error as e where e.run_id = %s', p_run);
  v_columns text;
  v_values text;
  v_joins text;
begin
  select
    string_agg(quote_ident(p.code), ', ' order by p.place),
    string_agg(
      case
        when p.is_reference and p.is_array then format(
          'nullif(array(select m.id from string_to_table(%s, %L) with ordinality as u (value, place)'
          ' inner join batch.map_%s as m on m.code = %L and m.value = btrim(u.value) and m.hits = 1 group by m.id order by min(u.place)), ''{}'')',
          p.operand, v_separator, p_run, p.code
        )
        when p.is_reference then format('case when m%s.hits = 1 then m%1$s.id end', p.place)
        when p.is_bad then format('case when l.record in (%s and e.column_code = %L) then null else %s end', v_bad, p.code, p.expression)
        when p_fast then p.fast
        else p.expression
      end,
      ', ' order by p.place
    ),
    string_agg(
      format(' left join batch.map_%s as m%s on m%2$s.code = %3$L and m%2$s.value = btrim(%4$s)', p_run, p.place, p.code, p.operand), ''
    ) filter (where p.is_reference and not p.is_array)
  into v_columns, v_values, v_joins
  from (
    select
      q.*,
      row_number() over () as place,
      exists (select from batch.import_error as e where e.run_id = p_run and e.column_code = q.code) as is_bad
    from batch.import_plan(p_run) as q
  ) as p;

  return concat(
    format('insert into batch.import_%s (record, is_error, ', p_run), v_columns, ') select l.record, ',
    case when exists (select from batch.import_error as e where e.run_id = p_run) then format('l.record in (%s)', v_bad) else 'false' end,
    ', ', v_values, format(' from batch.load_%s as l', p_run), v_joins, ' where l.problem is null'
  );
end;
$$;

comment on function batch.typed_insert(bigint, boolean) is 'INSERT that fills the import table of a run.';

revoke all on function batch.typed_insert(bigint, boolean) from public;
