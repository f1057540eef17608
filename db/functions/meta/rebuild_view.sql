-- Make an API view anew where CREATE OR REPLACE cannot follow, and lose nothing.
--
-- Views on top are not dropped: they show nulls of the same types for a moment, which cuts
-- them off, and get their query back. So whatever hangs on them stays untouched. p_pending
-- are views that the same renewal gives a new query afterwards; these keep the nulls until then.

create or replace function meta.rebuild_view(p_view regclass, p_select text, p_pending oid[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := (select c.relname from pg_class as c where c.oid = p_view);
  v_furniture text[];
  v_obstacles text;
  v_top record;
  v_tops jsonb := jsonb_build_array();
  v_statement text;
begin
  execute format('create view api."-renewed" with (%s) as %s', meta.view_options(p_view), p_select);

  select string_agg(o.obstacle, e'\n' order by o.obstacle) into v_obstacles
  from meta.view_obstacles(
    p_view,
    array(
      select a.attnum
      from pg_attribute as a
      left join pg_attribute as n on n.attrelid = to_regclass('api."-renewed"') and a.attname = n.attname
      where a.attrelid = p_view and a.attnum > 0
        and (a.atttypid, a.atttypmod) is distinct from (n.atttypid, n.atttypmod)
    ),
    p_pending
  ) as o (obstacle);

  if v_obstacles is not null then
    raise exception 'API view "%" cannot be made anew: other objects stand in the way', v_name
      using errcode = 'PG118', detail = v_obstacles, hint = 'Drop or change the objects listed, renew the views, and make them again.';
  end if;

  v_furniture := meta.view_furniture(p_view);

  for v_top in
    select distinct
      c.oid,
      c.oid::regclass::text as name,
      pg_get_viewdef(c.oid) as query,
      coalesce((
        select ' with (' || string_agg(format('%s = %L', o.option_name, o.option_value), ', ') || ')'
        from pg_options_to_table(c.reloptions) as o
      ), '') as options,
      coalesce((
        select ' with (' || string_agg(format('%s = %L', o.option_name, o.option_value), ', ') || ')'
        from pg_options_to_table(c.reloptions) as o
        where o.option_name <> 'check_option'
      ), '') as passing_options
    from pg_depend as d
    inner join pg_rewrite as r on d.objid = r.oid and r.rulename = '_RETURN'
    inner join pg_class as c on r.ev_class = c.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = p_view and d.classid = 'pg_rewrite'::regclass
      and c.oid <> p_view
  loop
    v_tops := v_tops || jsonb_build_array(to_jsonb(v_top));

    execute format(
      'create or replace view %s%s as select %s',
      v_top.name,
      v_top.passing_options,
      (
        select string_agg(
          format(
            'null::%s%s as %I',
            format_type(a.atttypid, a.atttypmod),
            case
              when a.attcollation <> t.typcollation
                then (
                  select format(' collate %I.%I', n.nspname, k.collname)
                  from pg_collation as k
                  inner join pg_namespace as n on k.collnamespace = n.oid
                  where k.oid = a.attcollation
                )
              else ''
            end,
            a.attname
          ), ', ' order by a.attnum
        )
        from pg_attribute as a
        inner join pg_type as t on a.atttypid = t.oid
        where a.attrelid = v_top.oid and a.attnum > 0
      )
    );
  end loop;

  execute format('drop view %s', p_view);
  execute format('alter view api."-renewed" rename to %I', v_name);

  -- What default privileges have granted goes; the furniture brings the grants that were.
  for v_statement in
    select format(
      'revoke all on api.%I from %s',
      v_name, case when x.grantee = 0 then 'public' else x.grantee::regrole::text end
    )
    from pg_class as c
    cross join lateral aclexplode(c.relacl) as x
    where c.relname = v_name and c.relnamespace = 'api'::regnamespace and x.grantee <> c.relowner
  loop
    execute v_statement;
  end loop;

  foreach v_statement in array v_furniture loop
    execute v_statement;
  end loop;

  for v_top in
    select t.oid, t.name, t.query, t.options
    from jsonb_to_recordset(v_tops) as t (oid oid, name text, query text, options text)
    where t.oid <> all (p_pending)
  loop
    begin
      execute format('create or replace view %s%s as %s', v_top.name, v_top.options, v_top.query);
    exception
      when invalid_table_definition or undefined_column or undefined_function or datatype_mismatch then
        raise exception 'API view "%" cannot be made anew: view % would not fit it any more', v_name, v_top.name
          using errcode = 'PG118', detail = sqlerrm, hint = 'Drop this view, renew the views, and make it again.';
    end;
  end loop;
end;
$$;

comment on function meta.rebuild_view(regclass, text, oid[]) is
'Give an API view a new query with other columns and restore all that belongs to it. Raises PG118 when something stands in the way.';

revoke all on function meta.rebuild_view(regclass, text, oid[]) from public;
