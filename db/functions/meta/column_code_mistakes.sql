-- Columns of a model file whose codes meet, along inheritance too, or are too long.

create or replace function meta.column_code_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select
    'PG103', format('column code "%s" has %s bytes; with "__class" it would pass 63', f.code, octet_length(f.code)), f.path,
    'Choose a code of at most 56 bytes.'
  from meta.file_columns(p_file) as f
  where octet_length(f.code) between 57 and 63 and f.path is not null and f.class_code = f.owner_code;

  return query
  with column_name as (
    select f.class_code, f.owner_code, f.code, f.path, f.code || s.suffix as name
    from meta.file_columns(p_file) as f
    cross join (values (''), ('__text'), ('__class')) as s (suffix)
  )

  select
    'PG105', format('column code "%s" collides with column %s', a.code, min(b.owner_code || '.' || b.code)), a.path,
    'Choose another code; <code>__text and <code>__class belong to references.'
  from column_name as a
  inner join column_name as b on a.class_code = b.class_code and a.name = b.name and (a.owner_code, a.code) <> (b.owner_code, b.code)
  where a.path is not null and a.name = a.code and a.class_code = a.owner_code
  group by a.code, a.path
  order by a.path;
end;
$$;

comment on function meta.column_code_mistakes(jsonb) is 'What is wrong with the column codes of a model file among one another.';

revoke all on function meta.column_code_mistakes(jsonb) from public;
