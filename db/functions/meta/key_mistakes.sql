-- Natural keys of a model file over columns that no key can have.

create or replace function meta.key_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with file_column as materialized (
    select f.class_code, f.code
    from meta.file_columns(p_file) as f
    where f.definition ->> 'type' is distinct from 'reverse' and not coalesce((f.definition ->> 'multiple')::boolean, false)
  )

  select
    'PG106', format('a natural key of "%s" names the column "%s"', c.key, n.code), format('$.classes.%s.keys', c.key),
    'Keys are lists of codes of stored columns of the class with single values.'
  from jsonb_each(meta.section_of(p_file, 'classes')) as c
  cross join jsonb_array_elements(coalesce(c.value -> 'keys', '[]')) as k (codes)
  cross join jsonb_array_elements_text(k.codes) as n (code)
  where not exists (select from file_column as f where f.class_code = c.key and f.code = n.code);
end;
$$;

comment on function meta.key_mistakes(jsonb) is 'What is wrong with the natural keys of a model file.';

revoke all on function meta.key_mistakes(jsonb) from public;
