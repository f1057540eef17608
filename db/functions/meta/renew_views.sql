-- Renew API views in one transaction: all of them, or none and a list of what is in the way.
--
-- p_views: [{"kind", "object_id", "name", "stamp", "comment", "columns", "select"}], made by
-- the runner from meta.view_definitions() and templates/sql. Only the owner may call it,
-- because it runs the SQL that it is given; hence no rights are lent.
-- requires: meta.lock_views meta.record_views meta.rename_views meta.renew_queries meta.renew_view meta.sweep_columns meta.sweep_readers meta.view_hash

create or replace function meta.renew_views(p_views jsonb)
returns table (name text, action text)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_view record;
  v_queries oid[];
  v_untouched text[];
begin
  perform pg_advisory_xact_lock(hashtext('pgears.renew_views'));
  perform meta.lock_views(array(
    select r.name
    from jsonb_to_recordset(p_views) as n (kind text, object_id bigint)
    inner join meta.api_view as r on n.kind = r.kind and n.object_id = r.object_id
  ));

  -- Queries that are left alone follow renamed columns; that is no alteration by hand.
  v_untouched := array(
    select r.name
    from meta.api_view as r
    where r.kind = 'query' and r.definition = meta.view_hash(to_regclass(format('api.%I', r.name)))
  );

  perform meta.rename_views(p_views);
  v_queries := array(
    select to_regclass(format('api.%I', n.name))
    from jsonb_to_recordset(p_views) as n (kind text, name text)
    where n.kind = 'query' and to_regclass(format('api.%I', n.name)) is not null
  );

  for v_view in
    select n.value, n.value ->> 'name' as name, r.columns
    from jsonb_array_elements(p_views) as n (value)
    left join meta.api_view as r on n.value ->> 'kind' = r.kind and (n.value ->> 'object_id')::bigint = r.object_id
    where n.value ->> 'kind' <> 'query'
    order by n.value ->> 'name'
  loop
    name := v_view.name;
    action := meta.renew_view(v_view.value, v_view.columns, v_queries);
    return next;
  end loop;

  return query
  select q.name, q.action from meta.renew_queries(p_views, v_queries) as q;

  perform meta.record_views(p_views, v_untouched);
  perform meta.sweep_columns(n.object_id)
  from jsonb_to_recordset(p_views) as n (kind text, object_id bigint)
  where n.kind = 'class';

  perform meta.sweep_readers();
  perform access.apply_rights(array(
    select n.object_id from jsonb_to_recordset(p_views) as n (kind text, object_id bigint) where n.kind <> 'query'
  ));
end;
$$;

comment on function meta.renew_views(jsonb) is
'Bring API views to their definitions; says of each whether it was created, replaced or rebuilt. Raises PG118, PG119, PG121, PG122.';

revoke all on function meta.renew_views(jsonb) from public;
