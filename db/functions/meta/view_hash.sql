-- Hash of an API view as PostgreSQL keeps it: its query, column names and options.
--
-- A new description format gives the former column another name: no alteration by hand.
-- Not inlined on purpose: the text depends on search_path, which is fixed here.

create or replace function meta.view_hash(p_view oid)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select md5(
    regexp_replace(pg_get_viewdef(c.oid), '\mshortdescription_\d+( AS shortdescription\M)?', 'shortdescription', 'g')
    || coalesce(array_to_string(c.reloptions, ','), '')
  )
  from pg_class as c
  where c.oid = p_view and c.relkind = 'v';
$$;

comment on function meta.view_hash(oid) is 'Hash that changes when somebody alters a view by hand; null when it is no view.';

revoke all on function meta.view_hash(oid) from public;
