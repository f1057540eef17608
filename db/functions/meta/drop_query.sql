-- Drop a query and its API view; a view built on top stops it.

create or replace function meta.drop_query(p_query bigint)
returns void
language plpgsql
volatile
security definer  -- lends: dropping API views to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view text;
  v_detail text;
begin
  delete from meta.api_view as v
  where v.kind = 'query' and v.object_id = p_query
  returning v.name into v_view;

  if v_view is not null then
    execute format('drop view if exists api.%I', v_view);
  end if;

  delete from meta.query as q where q.id = p_query;
exception
  when dependent_objects_still_exist then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception 'the view of query % is in use by other objects', (select q.code from meta.query as q where q.id = p_query)
      using errcode = 'PG118', detail = v_detail, hint = 'Drop or change these objects first.';
end;
$$;

comment on function meta.drop_query(bigint) is 'Drop a query with its API view. Raises PG118 while something depends on the view.';

revoke all on function meta.drop_query(bigint) from public;
grant execute on function meta.drop_query(bigint) to pgears_admin;
