-- Give the columns of an existing API view their new names, in place.
--
-- Views built on top follow by themselves. All take a name such as "-7" first, which no code
-- can be, so that codes may be swapped; a column that the definition does not have any more
-- gets "-" before its name, out of the way of a new one, and goes when the view is made anew.

create or replace function meta.rename_view_columns(p_view regclass, p_recorded text[], p_wanted jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_columns jsonb;
  v_column record;
begin
  select jsonb_agg(jsonb_build_object('former', l.attname, 'moving', '-' || l.attnum, 'name', coalesce(w.value ->> 'name', left('-' || l.attname, 63))))
  into v_columns
  from (
    select
      a.attname,
      a.attnum,
      case count(*) over () when cardinality(p_recorded) then p_recorded[a.attnum] end as source
    from pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0
  ) as l
  left join jsonb_array_elements(p_wanted) as w (value)
    -- A view with more or fewer columns than recorded was altered by hand: go by names.
    on coalesce(l.source = w.value ->> 'source', l.attname = w.value ->> 'name')
  where l.attname is distinct from w.value ->> 'name';

  for v_column in
    select c.former, c.moving
    from jsonb_to_recordset(v_columns) as c (former text, moving text)
    where c.former <> c.moving
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.former, v_column.moving);
  end loop;

  for v_column in
    select c.moving, c.name
    from jsonb_to_recordset(v_columns) as c (moving text, name text)
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.moving, v_column.name);
  end loop;
end;
$$;

comment on function meta.rename_view_columns(regclass, text[], jsonb) is
'Rename the columns of an API view by what they show; p_recorded is meta.api_view.columns, p_wanted the columns of its definition.';

revoke all on function meta.rename_view_columns(regclass, text[], jsonb) from public;
