-- Refuse classes of a model file that inherit from themselves, by whatever way round.

create or replace function meta.check_inheritance(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_circle text[];
begin
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

  select w.way || w.code into v_circle
  from walked as w
  where w.closed
  order by w.start
  limit 1;

  if v_circle is not null then
    raise exception 'class "%" inherits from itself: %', v_circle[1], array_to_string(v_circle, ' -> ')
      using
        errcode = 'PG115',
        detail = format('$.classes.%s.parent', v_circle[1]),
        hint = 'Take the parent off one of these classes.';
  end if;
end;
$$;

comment on function meta.check_inheritance(jsonb) is 'Check that the classes of a model file inherit without a circle. Raises PG115.';

revoke all on function meta.check_inheritance(jsonb) from public;
