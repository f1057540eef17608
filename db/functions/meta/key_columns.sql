-- Column ids of a natural key given as a list of codes.

create or replace function meta.key_columns(p_class bigint, p_codes jsonb)
returns bigint[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
  v_missing text;
begin
  select array_agg(e.column_id order by c.position), min(c.code) filter (where e.column_id is null)
  into v_ids, v_missing
  from jsonb_array_elements_text(p_codes) with ordinality as c (code, position)
  left join meta.effective_column as e on e.class_id = p_class and c.code = e.code and e.stored and not e.is_array;

  if v_missing is not null or v_ids is null then
    raise exception 'a natural key of % names the column "%"', meta.class_path(p_class), coalesce(v_missing, '')
      using errcode = 'PG106', hint = 'Keys are lists of codes of stored columns of the class with single values.';
  end if;

  return v_ids;
end;
$$;

comment on function meta.key_columns(bigint, jsonb) is 'Column ids of a list of column codes. Raises PG106 for a code that cannot be in a key.';

revoke all on function meta.key_columns(bigint, jsonb) from public;
