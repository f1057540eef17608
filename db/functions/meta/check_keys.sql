-- Refuse natural keys of a model file over columns that no key can have.

create or replace function meta.check_keys(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
begin
  with file_column as materialized (
    select f.class_code, f.code
    from meta.file_columns(p_file) as f
    where f.definition ->> 'type' <> 'reverse' and not coalesce((f.definition ->> 'multiple')::boolean, false)
  )

  select c.key as class, n.code into v_wrong
  from jsonb_each(meta.section_of(p_file, 'classes')) as c
  cross join jsonb_array_elements(coalesce(c.value -> 'keys', '[]')) as k (codes)
  cross join jsonb_array_elements_text(k.codes) as n (code)
  where not exists (select from file_column as f where f.class_code = c.key and f.code = n.code)
  limit 1;

  if found then
    raise exception 'a natural key of "%" names the column "%"', v_wrong.class, v_wrong.code
      using
        errcode = 'PG106',
        detail = format('$.classes.%s.keys', v_wrong.class),
        hint = 'Keys are lists of codes of stored columns of the class with single values.';
  end if;
end;
$$;

comment on function meta.check_keys(jsonb) is 'Check the natural keys of a model file. Raises PG106.';

revoke all on function meta.check_keys(jsonb) from public;
