-- Note what API views were made from, so that their state can be told later.
--
-- p_untouched are queries that nobody had altered by hand before views beneath them were
-- renewed: their new form is as good.
-- requires: meta.view_hash

create or replace function meta.record_views(p_views jsonb, p_untouched text[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from meta.api_view as r
  using jsonb_to_recordset(p_views) as n (kind text, object_id bigint)
  where r.kind = n.kind and r.object_id = n.object_id;

  insert into meta.api_view (name, kind, object_id, stamp, columns, definition)
  select
    n.name,
    n.kind,
    n.object_id,
    n.stamp,
    case n.kind
      when 'query' then array(
        select a.attname from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 order by a.attnum
      )
      else array(select k.value ->> 'source' from jsonb_array_elements(n.columns) with ordinality as k (value, position) order by k.position)
    end,
    meta.view_hash(c.oid)
  from jsonb_to_recordset(p_views) as n (name text, kind text, object_id bigint, stamp text, columns jsonb)
  inner join pg_class as c on n.name = c.relname and c.relnamespace = 'api'::regnamespace;

  update meta.api_view as r
  set definition = meta.view_hash(to_regclass(format('api.%I', r.name)))
  where r.name = any (p_untouched);
end;
$$;

comment on function meta.record_views(jsonb, text[]) is 'Part of meta.renew_views: keep meta.api_view.';

revoke all on function meta.record_views(jsonb, text[]) from public;
