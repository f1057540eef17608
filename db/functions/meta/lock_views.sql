-- Lock API views, and the views that others built on them, for renewal.
--
-- In the order in which readers lock: outermost view first. In short tries, because a lock
-- that waits in the queue stops all readers behind it.

create or replace function meta.lock_views(p_names text[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_former constant text := current_setting('lock_timeout');
  v_views text;
begin
  for v_try in 1..100 loop
    with recursive dependent (oid, depth) as (
      select
        c.oid,
        0
      from pg_class as c
      where c.relnamespace = 'api'::regnamespace and c.relname = any (p_names) and c.relkind = 'v'
      union
      select
        r.ev_class,
        d.depth + 1
      from dependent as d
      inner join pg_depend as p
        on p.refclassid = 'pg_class'::regclass and d.oid = p.refobjid and p.classid = 'pg_rewrite'::regclass
      inner join pg_rewrite as r on p.objid = r.oid
      where r.ev_class <> d.oid and d.depth < 50
    )

    select string_agg(format('%I.%I', t.nspname, t.relname), ', ' order by t.depth desc, t.relname)
    into v_views
    from (
      select
        n.nspname,
        c.relname,
        max(d.depth) as depth
      from dependent as d
      inner join pg_class as c on d.oid = c.oid
      inner join pg_namespace as n on c.relnamespace = n.oid
      -- Views of strangers cannot be locked; they stop a renewal only where they must change.
      where c.relkind = 'v' and pg_has_role(c.relowner, 'usage')
      group by n.nspname, c.relname
    ) as t;

    if v_views is null then
      return;
    end if;

    begin
      perform set_config('lock_timeout', '50ms', true);
      execute format('lock table %s in access exclusive mode', v_views);
      perform set_config('lock_timeout', v_former, true);
      return;
    exception
      when lock_not_available or undefined_table then
        perform pg_sleep(0.02 + 0.03 * random());
    end;
  end loop;

  raise exception 'API views are in use'
    using errcode = 'PG121', hint = 'Some transaction reads them for long; see pg_locks, end it, or try again later.';
end;
$$;

comment on function meta.lock_views(text[]) is
'Lock API views by name with what is built on them. Raises PG121 when they are not to be had within some seconds.';

revoke all on function meta.lock_views(text[]) from public;
