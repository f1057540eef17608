-- Drop a view by which API views showed rows of a class that goes: data.described_<class> or
-- data.referring_<class>_<column>.
--
-- API views that still have it in their SELECT keep working: it stays, without a row, until
-- they are renewed. Then meta.sweep_readers() drops it. Anything else that is built on it
-- stops the drop.

create or replace function meta.retire_reader(p_name text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant regclass := to_regclass(format('data.%I', p_name));
begin
  execute format('drop view if exists data.%I', p_name);
exception
  when dependent_objects_still_exist then
    if exists (
      select
      from pg_depend as d
      left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      left join pg_class as c on r.ev_class = c.oid
      left join meta.api_view as v on c.relname = v.name and c.relnamespace = 'api'::regnamespace
      where
        d.refclassid = 'pg_class'::regclass and d.refobjid = v_view and d.deptype = 'n'
        and r.ev_class is distinct from v_view and v.name is null
    ) then
      raise;
    end if;

    execute (
      select format(
        'create or replace view data.%I as select %s where false',
        p_name, string_agg(format('null::%s as %I', format_type(a.atttypid, a.atttypmod), a.attname), ', ' order by a.attnum)
      )
      from pg_attribute as a
      where a.attrelid = v_view and a.attnum > 0
    );
end;
$$;

comment on function meta.retire_reader(text) is
'Part of meta.drop_class: drop a reader view, or take its rows away while API views show it. Raises dependent_objects_still_exist.';

revoke all on function meta.retire_reader(text) from public;
