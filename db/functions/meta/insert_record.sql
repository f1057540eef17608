-- Insert one row into a class from values by column code, for writers that know codes only.
--
-- Texts are cast to the types of the columns; what the row breaks is named as for any insert.

create or replace function meta.insert_record(p_class bigint, p_values jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: inserting into class tables to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unknown text;
  v_columns text;
  v_row jsonb;
  v_id bigint;
begin
  select
    min(v.code) filter (where e.column_id is null),
    string_agg(quote_ident(e.physical), ', '),
    jsonb_object_agg(e.physical, v.value) filter (where e.column_id is not null)
  into v_unknown, v_columns, v_row
  from jsonb_each(p_values) as v (code, value)
  left join meta.effective_column as e on e.class_id = p_class and v.code = e.code and e.stored;

  if v_unknown is not null then
    raise exception 'class % has no column "%"', meta.class_path(p_class), v_unknown
      using errcode = 'PG106', hint = 'Name columns of the class by their codes.';
  end if;

  perform meta.check_triggers(format('data.datarow_%s', p_class)::regclass);

  if v_row is null then
    execute format('insert into data.datarow_%s default values returning id', p_class) into v_id;
    return v_id;
  end if;

  execute format(
    'insert into data.datarow_%1$s (%2$s) select %2$s from jsonb_populate_record(null::data.datarow_%1$s, $1) returning id',
    p_class, v_columns
  )
  using v_row
  into v_id;

  return v_id;
end;
$$;

comment on function meta.insert_record(bigint, jsonb) is
'Id of a new row of a class with the values given by column code. Raises PG106 for an unknown code, PG140 for a trigger of another owner, PG210 for broken limits.';

revoke all on function meta.insert_record(bigint, jsonb) from public;
grant execute on function meta.insert_record(bigint, jsonb) to pgears_runner, pgears_admin;
