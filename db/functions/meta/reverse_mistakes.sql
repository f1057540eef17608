-- Reverse references of a model file to columns that do not refer.
--
-- A column without a type has a mistake of its own, and none here.

create or replace function meta.reverse_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
  v_classes constant jsonb := meta.section_of(p_file, 'classes');
begin
  return query
  select
    'PG106', format('class "%s" has no reference "%s" of its own', k.value ->> 'class', k.value ->> 'column'),
    format('$.classes.%s.columns.%s.column', c.key, k.key),
    'Name the column of type reference by which that class refers to this one.'
  from jsonb_each(v_classes) as c
  cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  cross join lateral (
    select
      case
        when starts_with(k.value ->> 'class', v_model || '.') then substr(k.value ->> 'class', length(v_model) + 2)
        else k.value ->> 'class'
      end as code
  ) as o
  cross join lateral (select meta.section_of(v_classes -> o.code, 'columns') -> (k.value ->> 'column') as definition) as r
  where
    k.value ->> 'type' = 'reverse'
    and k.value ? 'column'
    and v_classes ? o.code
    and (r.definition is null or r.definition ->> 'type' <> 'reference');
end;
$$;

comment on function meta.reverse_mistakes(jsonb) is 'What is wrong with the reverse references of a model file.';

revoke all on function meta.reverse_mistakes(jsonb) from public;
