-- Refuse renames of a model file that are not plain: of a code that the file still has, or twice.

create or replace function meta.check_renames(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
begin
  with renamed as (
    select '' as place, m.code, m.former, format('$.classes.%s.renamed_from', m.code) as path,
      meta.section_of(p_file, 'classes') ? m.former as kept
    from meta.class_matches(p_file) as m
    where m.former is not null
    union all
    select k.class_code, k.code, k.former, format('$.classes.%s.columns.%s.renamed_from', k.class_code, k.code),
      meta.section_of(p_file #> array['classes', k.class_code], 'columns') ? k.former
    from meta.column_matches(p_file) as k
    where k.former is not null
  )

  select r.code, r.former, r.path into v_wrong
  from renamed as r
  where r.kept or exists (select from renamed as o where o.place = r.place and o.former = r.former and o.code < r.code)
  order by r.path
  limit 1;

  if found then
    raise exception '"%" cannot be renamed from "%", which the file has elsewhere', v_wrong.code, v_wrong.former
      using errcode = 'PG123', detail = v_wrong.path, hint = 'Name a former code once and leave it out of the file; swap codes in two steps.';
  end if;
end;
$$;

comment on function meta.check_renames(jsonb) is 'Check the keys renamed_from of a model file. Raises PG123.';

revoke all on function meta.check_renames(jsonb) from public;
