-- Drop the views left behind by meta.retire_reader(), once no API view shows them.

create or replace function meta.sweep_readers()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
begin
  for v_name in
    select c.relname
    from pg_class as c
    where
      c.relnamespace = 'data'::regnamespace and c.relkind = 'v'
      and c.relname ~ '^(described|referring)_[0-9]+(_[0-9]+)?$'
      and not exists (select from meta.class as o where o.id = split_part(c.relname, '_', 2)::bigint)
      and not exists (
        select
        from pg_depend as d
        left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.deptype = 'n' and r.ev_class is distinct from c.oid
      )
  loop
    execute format('drop view data.%I', v_name);
  end loop;
end;
$$;

comment on function meta.sweep_readers() is 'Drop data.described_<id> and data.referring_<id>_<column> of classes that are gone, where nothing uses them.';

revoke all on function meta.sweep_readers() from public;
