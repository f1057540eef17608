-- Refuse columns of a model file whose codes meet, along inheritance too, or are too long.

create or replace function meta.check_column_names(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
begin
  select f.code, f.path into v_wrong
  from meta.file_columns(p_file) as f
  where octet_length(f.code) > 56 and f.path is not null
  limit 1;

  if found then
    raise exception 'column code "%" has % bytes; with "__class" it would pass 63', v_wrong.code, octet_length(v_wrong.code)
      using errcode = 'PG103', detail = v_wrong.path, hint = 'Choose a code of at most 56 bytes.';
  end if;

  with column_name as (
    select f.class_code, f.owner_code, f.code, f.path, f.code || s.suffix as name
    from meta.file_columns(p_file) as f
    cross join (values (''), ('__text'), ('__class')) as s (suffix)
  )

  select a.code, a.path, b.owner_code || '.' || b.code as other into v_wrong
  from column_name as a
  inner join column_name as b on a.class_code = b.class_code and a.name = b.name and (a.owner_code, a.code) <> (b.owner_code, b.code)
  where a.path is not null and a.name = a.code and a.class_code = a.owner_code
  order by a.path
  limit 1;

  if found then
    raise exception 'column code "%" collides with column %', v_wrong.code, v_wrong.other
      using errcode = 'PG105', detail = v_wrong.path, hint = 'Choose another code; <code>__text and <code>__class belong to references.';
  end if;
end;
$$;

comment on function meta.check_column_names(jsonb) is 'Check the column codes of a model file against one another. Raises PG103, PG105.';

revoke all on function meta.check_column_names(jsonb) from public;
