-- What stands in the way of making an API view anew without loss.
--
-- Ordinary views on top do not, unless they use a column that goes (p_removed, by number):
-- they are taken off and put back. p_renewed are views that get a new query anyway.

create or replace function meta.view_obstacles(p_view oid, p_removed smallint[], p_renewed oid[])
returns setof text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with dependent as (
    select distinct
      d.classid,
      d.objid,
      d.objsubid,
      r.ev_class as relation,
      r.rulename = '_RETURN' and c.relkind = 'v' as is_view
    from pg_depend as d
    left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    left join pg_class as c on r.ev_class = c.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = p_view and d.deptype = 'n'
      and r.ev_class is distinct from p_view
  )

  select pg_describe_object(d.classid, d.objid, d.objsubid)
  from dependent as d
  where d.is_view is not true
  union
  select format('column %I used by view %s', ltrim(a.attname, '-'), d.relation::regclass)
  from dependent as d
  inner join pg_depend as u on d.classid = u.classid and d.objid = u.objid and u.refobjid = p_view
  inner join pg_attribute as a on u.refobjid = a.attrelid and u.refobjsubid = a.attnum
  where d.is_view and a.attnum = any (p_removed) and d.relation <> all (p_renewed)
  union
  select pg_describe_object(d.classid, d.objid, d.objsubid) || ' by its row type'
  from pg_type as t
  inner join pg_depend as d on d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, t.typarray) and d.deptype = 'n'
  where t.typrelid = p_view
  union
  select format('view %s, which belongs to %I', d.relation::regclass, o.rolname)
  from dependent as d
  inner join pg_class as c on d.relation = c.oid
  inner join pg_roles as o on c.relowner = o.oid
  where d.is_view and not pg_has_role(o.oid, 'usage')
  union
  -- While a query waits for its new text it cannot keep this option.
  select format('check option of view %s', d.relation::regclass)
  from dependent as d
  inner join pg_class as c on d.relation = c.oid
  cross join lateral pg_options_to_table(c.reloptions) as k
  where d.is_view and d.relation = any (p_renewed) and k.option_name = 'check_option'
  union
  select format('grant to %s by %s, who is not the owner', case when a.grantee = 0 then 'public' else a.grantee::regrole::text end, a.grantor::regrole)
  from pg_class as c
  cross join lateral (
    select x.grantee, x.grantor from aclexplode(c.relacl) as x
    union
    select x.grantee, x.grantor
    from pg_attribute as k
    cross join lateral aclexplode(k.attacl) as x
    where k.attrelid = c.oid
  ) as a
  where c.oid = p_view and a.grantor <> c.relowner;
$$;

comment on function meta.view_obstacles(oid, smallint[], oid[]) is
'Descriptions of the objects because of which an API view cannot be made anew; none when it can.';

revoke all on function meta.view_obstacles(oid, smallint[], oid[]) from public;
