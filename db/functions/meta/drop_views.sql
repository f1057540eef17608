-- Drop API views by name. Classes, rows and other views stay; a later renewal makes them again.
-- requires: meta.lock_views

create or replace function meta.drop_views(p_names text[])
returns setof text
language plpgsql
volatile
security definer  -- lends: dropping API views to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
  v_detail text;
begin
  perform meta.lock_views(p_names);

  for v_name in
    delete from meta.api_view as r
    where r.name = any (p_names)
    returning r.name
  loop
    execute format('drop view if exists api.%I', v_name);
    return next v_name;
  end loop;
exception
  when dependent_objects_still_exist then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception 'API view "%" is in use by other objects', v_name
      using errcode = 'PG118', detail = v_detail, hint = 'Drop or change these objects first.';
end;
$$;

comment on function meta.drop_views(text[]) is 'Names of the API views dropped. Raises PG118 when something is built on one, PG121 while it is in use.';

revoke all on function meta.drop_views(text[]) from public;
grant execute on function meta.drop_views(text[]) to pgears_admin;
