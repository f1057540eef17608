-- Refuse a model file that names classes which will not exist, or reverses without a reference.
--
-- A class of the own model must be in the file, because what the file leaves out is dropped;
-- one of another model must be in the instance.

create or replace function meta.check_class_names(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
  v_classes constant jsonb := meta.section_of(p_file, 'classes');
  v_known constant text[] := array(select c.code from jsonb_object_keys(v_classes) as c (code) order by c.code);
  v_wrong record;
begin
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

  select n.path, n.name into v_wrong
  from named as n
  where
    case
      when n.name not like '%.%' then not v_classes ? n.name
      when starts_with(n.name, v_model || '.') then not v_classes ? substr(n.name, length(v_model) + 2)
      else not exists (select from meta.class_name as c where c.path = n.name)
    end
  order by n.path
  limit 1;

  if found then
    raise exception 'there is no class "%"', v_wrong.name
      using
        errcode = 'PG114',
        detail = v_wrong.path,
        hint = meta.nearest(v_wrong.name, v_known) || 'Name a class of this file by its code, one of another model of the instance by model.class.';
  end if;

  select format('$.classes.%s.columns.%s.column', c.key, k.key) as path, k.value ->> 'class' as class, k.value ->> 'column' as code
  into v_wrong
  from jsonb_each(v_classes) as c
  cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  cross join lateral (
    select
      case
        when starts_with(k.value ->> 'class', v_model || '.') then substr(k.value ->> 'class', length(v_model) + 2)
        else k.value ->> 'class'
      end as code
  ) as o
  where
    k.value ->> 'type' = 'reverse'
    and v_classes ? o.code
    and coalesce(meta.section_of(v_classes -> o.code, 'columns') -> (k.value ->> 'column') ->> 'type', '') <> 'reference'
  limit 1;

  if found then
    raise exception 'class "%" has no reference "%" of its own', v_wrong.class, v_wrong.code
      using errcode = 'PG106', detail = v_wrong.path, hint = 'Name the column of type reference by which that class refers to this one.';
  end if;
end;
$$;

comment on function meta.check_class_names(jsonb) is 'Check the classes that a model file names. Raises PG106, PG114.';

revoke all on function meta.check_class_names(jsonb) from public;
