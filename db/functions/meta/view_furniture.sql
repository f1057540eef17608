-- The statements that give a view made anew what the former one had beside its query.
--
-- Owner, grants, comments, defaults, triggers and rules, in this order. Columns whose name
-- begins with "-" are going and take theirs along.

create or replace function meta.view_furniture(p_view oid)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with kept as (
    select
      a.attnum,
      a.attname,
      a.attacl
    from pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0 and a.attname not like '-%'
  ),

  statement (position, text) as (
    select
      1,
      format('alter view %s owner to %I', p_view::regclass, r.rolname)
    from pg_class as c
    inner join pg_roles as r on c.relowner = r.oid
    where c.oid = p_view and r.rolname <> current_user
    union all
    select
      2,
      format('revoke all on %s from %I', p_view::regclass, r.rolname)
    from pg_class as c
    inner join pg_roles as r on c.relowner = r.oid
    where c.oid = p_view and c.relacl is not null
    union all
    select
      3,
      format(
        'grant %s on %s to %s%s',
        x.privilege_type, p_view::regclass,
        case when x.grantee = 0 then 'public' else x.grantee::regrole::text end,
        case when x.is_grantable then ' with grant option' else '' end
      )
    from pg_class as c
    cross join lateral aclexplode(c.relacl) as x
    where c.oid = p_view
    union all
    select
      3,
      format(
        'grant %s (%I) on %s to %s%s',
        x.privilege_type, k.attname, p_view::regclass,
        case when x.grantee = 0 then 'public' else x.grantee::regrole::text end,
        case when x.is_grantable then ' with grant option' else '' end
      )
    from kept as k
    cross join lateral aclexplode(k.attacl) as x
    union all
    select
      4,
      format('comment on view %s is %L', p_view::regclass, obj_description(p_view, 'pg_class'))
    where obj_description(p_view, 'pg_class') is not null
    union all
    select
      4,
      format('comment on column %s.%I is %L', p_view::regclass, k.attname, col_description(p_view, k.attnum))
    from kept as k
    where col_description(p_view, k.attnum) is not null
    union all
    select
      5,
      format('alter view %s alter column %I set default %s', p_view::regclass, k.attname, pg_get_expr(f.adbin, f.adrelid))
    from pg_attrdef as f
    inner join kept as k on f.adnum = k.attnum
    where f.adrelid = p_view
    union all
    select
      6,
      pg_get_triggerdef(t.oid)
    from pg_trigger as t
    where t.tgrelid = p_view and not t.tgisinternal
    union all
    select
      7,
      format('comment on trigger %I on %s is %L', t.tgname, p_view::regclass, obj_description(t.oid, 'pg_trigger'))
    from pg_trigger as t
    where t.tgrelid = p_view and not t.tgisinternal and obj_description(t.oid, 'pg_trigger') is not null
    union all
    select
      6,
      pg_get_ruledef(r.oid)
    from pg_rewrite as r
    where r.ev_class = p_view and r.rulename <> '_RETURN'
    union all
    select
      7,
      format('comment on rule %I on %s is %L', r.rulename, p_view::regclass, obj_description(r.oid, 'pg_rewrite'))
    from pg_rewrite as r
    where r.ev_class = p_view and obj_description(r.oid, 'pg_rewrite') is not null
  )

  select coalesce(array_agg(s.text order by s.position, s.text), '{}')
  from statement as s;
$$;

comment on function meta.view_furniture(oid) is
'Statements that restore owner, grants, comments, defaults, triggers and rules of a view after it was made anew.';

revoke all on function meta.view_furniture(oid) from public;
