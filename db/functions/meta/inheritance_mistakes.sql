-- Classes of a model file that inherit from themselves, by whatever way round; a circle is told once.

create or replace function meta.inheritance_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with recursive named as (
    select
      c.key as code,
      case
        when starts_with(c.value ->> 'parent', (p_file ->> 'model') || '.') then split_part(c.value ->> 'parent', '.', 2)
        else c.value ->> 'parent'
      end as parent
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
  ),

  walked (start, code, way, closed) as (
    select n.code, n.parent, array[n.code], n.code = n.parent
    from named as n
    where n.parent is not null
    union all
    select w.start, n.parent, w.way || n.code, w.start = n.parent
    from walked as w
    inner join named as n on w.code = n.code
    where not w.closed and n.code <> all (w.way) and n.parent is not null
  )

  select
    'PG115',
    format('class "%s" inherits from itself: %s', c.way[1], array_to_string(c.way, ' -> ')),
    format('$.classes.%s.parent', c.way[1]),
    'Take the parent off one of these classes.'
  from (select w.start, w.way || w.code as way from walked as w where w.closed) as c
  where not exists (select from unnest(c.way) as o (code) where o.code < c.start)
  order by c.start;
end;
$$;

comment on function meta.inheritance_mistakes(jsonb) is 'Circles of inheritance in a model file.';

revoke all on function meta.inheritance_mistakes(jsonb) from public;
