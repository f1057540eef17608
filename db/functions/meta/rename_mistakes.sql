-- Renames of a model file that are not plain: of a code that the file still has, twice, or in a
-- circle.
--
-- Codes that swap look the same before and after, so applying such a file twice would swap
-- them back: a file cannot say it.

create or replace function meta.rename_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with recursive definition as (
    select '' as place, c.key as code, c.value ->> 'renamed_from' as former, '$.classes.' || c.key as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    union all
    select c.key, k.key, k.value ->> 'renamed_from', format('$.classes.%s.columns.%s', c.key, k.key)
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  ),

  walked (place, start, code, path, way) as (
    select d.place, d.code, d.former, d.path, array[d.code]
    from definition as d
    where d.former is not null
    union all
    select w.place, w.start, d.former, w.path, w.way || d.code
    from walked as w
    inner join definition as d on w.place = d.place and w.code = d.code
    where w.code <> all (w.way) and d.former is not null
  )

  select
    'PG123',
    format('codes are renamed in a circle: %s, which would look the same before and after', array_to_string(w.way || w.code, ' from ')),
    w.path || '.renamed_from',
    format('Apply a file in which "%s" has a third code, then one in which the other has its new code, then one that gives "%s" its own.', w.start, w.start)
  from walked as w
  where w.code = w.start and not exists (select from unnest(w.way) as o (code) where o.code < w.start)
  order by w.path;

  -- The codes of a circle are kept, all of them: nothing more is to be said of that.
  if found then
    return;
  end if;

  return query
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

  select
    'PG123', format('"%s" cannot be renamed from "%s", which the file has elsewhere', r.code, r.former), r.path,
    'Name a former code once and leave it out of the file; to use it for another, rename first and apply twice.'
  from renamed as r
  where r.kept or exists (select from renamed as o where o.place = r.place and o.former = r.former and o.code < r.code)
  order by r.path;
end;
$$;

comment on function meta.rename_mistakes(jsonb) is 'What is wrong with the keys renamed_from of a model file.';

revoke all on function meta.rename_mistakes(jsonb) from public;
