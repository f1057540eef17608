-- Names of classes in a model file that will not exist.
--
-- A class of the own model must be in the file, because what the file leaves out is dropped;
-- one of another model must be in the instance.

create or replace function meta.class_name_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
  v_classes constant jsonb := meta.section_of(p_file, 'classes');
  v_known constant text[] := array(select c.code from jsonb_object_keys(v_classes) as c (code) order by c.code);
begin
  return query
  with named as (
    select '$.classes.' || c.key || '.parent' as path, c.value ->> 'parent' as name
    from jsonb_each(v_classes) as c
    where c.value ? 'parent'
    union all
    select format('$.classes.%s.columns.%s.class', c.key, k.key), k.value ->> 'class'
    from jsonb_each(v_classes) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
    where k.value ? 'class'
    union all
    select format('$.classes.%s.columns.%s.classes', c.key, k.key), n.name
    from jsonb_each(v_classes) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
    cross join jsonb_array_elements_text(coalesce(k.value -> 'classes', '[]')) as n (name)
    union all
    select format('$.%s.%s.%s', s.code, d.key, v.key), d.value ->> v.key
    from meta.model_sections() as s
    inner join meta.vocabulary as v on s.place = v.place and v.kind = 'class'
    cross join jsonb_each(meta.section_of(p_file, s.code)) as d
    where d.value ? v.key
  )

  select
    'PG114', format('there is no class "%s"', n.name), n.path,
    meta.nearest(n.name, v_known) || 'Name a class of this file by its code, one of another model of the instance by model.class.'
  from named as n
  where
    case
      when n.name not like '%.%' then not v_classes ? n.name
      when starts_with(n.name, v_model || '.') then not v_classes ? substr(n.name, length(v_model) + 2)
      else not exists (select from meta.class_name as c where c.path = n.name)
    end
  order by n.path;
end;
$$;

comment on function meta.class_name_mistakes(jsonb) is 'What is wrong with the classes that a model file names.';

revoke all on function meta.class_name_mistakes(jsonb) from public;
