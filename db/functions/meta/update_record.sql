-- Change columns of one row from values by column code, for writers that know codes only.

create or replace function meta.update_record(p_class bigint, p_row bigint, p_values jsonb)
returns boolean
language plpgsql
volatile
security definer  -- lends: changing class tables to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unknown text;
  v_columns text;
  v_row jsonb;
  v_count integer;
begin
  select
    min(v.code) filter (where e.column_id is null),
    string_agg(format('%1$I = n.%1$I', e.physical), ', '),
    jsonb_object_agg(e.physical, v.value) filter (where e.column_id is not null)
  into v_unknown, v_columns, v_row
  from jsonb_each(p_values) as v (code, value)
  left join meta.effective_column as e on e.class_id = p_class and v.code = e.code and e.stored;

  if v_unknown is not null then
    raise exception 'class % has no column "%"', meta.class_path(p_class), v_unknown
      using errcode = 'PG106', hint = 'Name columns of the class by their codes.';
  elsif v_row is null then
    return false;
  end if;

  perform meta.check_triggers(format('data.datarow_%s', p_class)::regclass);

  execute format(
    'update data.datarow_%1$s as r set %2$s from jsonb_populate_record(null::data.datarow_%1$s, $1) as n where r.id = $2 and r.deleted is null',
    p_class, v_columns
  )
  using v_row, p_row;
  get diagnostics v_count = row_count;

  return v_count > 0;
end;
$$;

comment on function meta.update_record(bigint, bigint, jsonb) is
'Change a row of a class by column code; false when there is none. Raises PG106 for an unknown code, PG140 for a trigger of another owner, PG210 for broken limits.';

revoke all on function meta.update_record(bigint, bigint, jsonb) from public, pgears_runner;
grant execute on function meta.update_record(bigint, bigint, jsonb) to pgears_admin;
