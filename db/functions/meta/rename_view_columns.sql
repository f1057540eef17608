-- Give the columns of an existing API view their new names, in place.
--
-- Views built on top follow by themselves. A column that the definition does not have any
-- more gets "-" before its name, which no code begins with: it is out of the way of a new
-- column of the same name, and goes when the view is made anew.

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
  select jsonb_agg(jsonb_build_object('former', l.attname, 'name', coalesce(w.value ->> 'name', '-' || l.attname)))
  into v_columns
  from (
    select
      a.attname,
      case count(*) over () when cardinality(p_recorded) then p_recorded[a.attnum] end as source
    from pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0
  ) as l
  left join jsonb_array_elements(p_wanted) as w (value)
    -- A view with more or fewer columns than recorded was altered by hand: go by names.
    on coalesce(l.source = w.value ->> 'source', l.attname = w.value ->> 'name')
  where l.attname is distinct from w.value ->> 'name';

  for v_column in
    select c.former, '-' || c.former as name
    from jsonb_to_recordset(v_columns) as c (former text, name text)
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.former, v_column.name);
  end loop;

  for v_column in
    select '-' || c.former as former, c.name
    from jsonb_to_recordset(v_columns) as c (former text, name text)
    where c.name not like '-%'
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.former, v_column.name);
  end loop;
end;
$$;

comment on function meta.rename_view_columns(regclass, text[], jsonb) is
'Rename the columns of an API view by what they show; p_recorded is meta.api_view.columns, p_wanted the columns of its definition.';

revoke all on function meta.rename_view_columns(regclass, text[], jsonb) from public;
