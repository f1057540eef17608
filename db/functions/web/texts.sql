-- Names of classes, columns and queries by language, for API views and their columns.
--
-- column_name is null for the view itself. No language goes before another here: who reads
-- knows which is asked for.
-- requires: meta.effective_column

create or replace function web.texts()
returns table (relation oid, column_name text, names jsonb)
language sql
stable
security definer  -- lends: reading definitions to the web service
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
begin atomic
  with api_view as (
    select
      c.oid,
      v.kind,
      v.object_id,
      v.columns
    from meta.api_view as v
    inner join pg_class as c on v.name = c.relname and c.relnamespace = 'api'::regnamespace
  )

  select
    v.oid,
    null::text,
    coalesce(c.name, q.name)
  from api_view as v
  left join meta.class as c on v.kind <> 'query' and v.object_id = c.id
  left join meta.query as q on v.kind = 'query' and v.object_id = q.id
  union all
  select
    v.oid,
    a.attname::text,
    meta.localized(e.definition -> 'name')
  from api_view as v
  inner join meta.effective_column as e on v.object_id = e.class_id and v.kind <> 'query'
  inner join pg_attribute as a on v.oid = a.attrelid and v.columns[a.attnum] = e.physical
  where e.definition ? 'name';
end;

comment on function web.texts() is 'Names of classes, columns and queries by language code, for the contract.';

revoke all on function web.texts() from public;
grant execute on function web.texts() to pgears_admin, pgears_web;
