-- Renew what is generated of all classes, after an upgrade of the generating functions.

create or replace function meta.rebuild()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
begin
  perform access.ensure_groups();
  perform access.ensure_accounts_group();
  perform meta.rebuild_class(c.id) from meta.class as c order by c.id;
end;
$$;

comment on function meta.rebuild() is 'Renew the generated objects of every class; run after functions are re-applied.';

revoke all on function meta.rebuild() from public;
