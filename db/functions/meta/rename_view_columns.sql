-- Give the columns of an existing API view their new names, in place.
--
-- Views built on top follow by themselves. A column whose new name another one still has takes
-- a name such as "-7" first, which no code can be, so that codes may be swapped. A column that
-- the definition does not have any more gets "-" before its name, out of the way of a new one,
-- and goes when the view is made anew.

create or replace function meta.rename_view_columns(p_view regclass, p_recorded text[], p_wanted jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan  -- planning the comparison costs more than it does
as $$
declare
  v_columns jsonb;
  v_column record;
begin
  select jsonb_agg(jsonb_build_object(
    'former', l.attname,
    'moving', case when w.name <> all (l.present) then l.attname else '-' || l.attnum end,
    'name', coalesce(w.name, left('-' || l.attname, 63))
  ))
  into v_columns
  from (
    select
      a.attname,
      a.attnum,
      array_agg(a.attname::text) over () as present,
      -- A view with more or fewer columns than recorded was altered by hand: go by names.
      coalesce(count(*) over () = cardinality(p_recorded), false) as by_source
    from pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0
  ) as l
  left join jsonb_to_recordset(p_wanted) as w (name text, source text)
    on case when l.by_source then p_recorded[l.attnum] else l.attname::text end = case when l.by_source then w.source else w.name end
  where l.attname is distinct from w.name;

  for v_column in
    select c.former, c.moving
    from jsonb_to_recordset(v_columns) as c (former text, moving text)
    where c.former <> c.moving
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.former, v_column.moving);
  end loop;

  -- First those that kept their name until now: another one may wait for it.
  for v_column in
    select c.moving, c.name
    from jsonb_to_recordset(v_columns) as c (former text, moving text, name text)
    order by c.former <> c.moving
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.moving, v_column.name);
  end loop;
end;
$$;

comment on function meta.rename_view_columns(regclass, text[], jsonb) is
'Rename the columns of an API view by what they show; p_recorded is meta.api_view.columns, p_wanted the columns of its definition.';

revoke all on function meta.rename_view_columns(regclass, text[], jsonb) from public;
