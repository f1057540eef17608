-- What refers to what: foreign keys, and references of classes between their API views.
--
-- A reference of several values is an array of ids ("many"); one to several classes holds for
-- the rows whose column __class (class_number) has class_value. "single" says that a row is
-- referred to once at most.
-- requires: meta.effective_column

create or replace function web.links()
returns table (
  name text, source oid, source_numbers int2[], target oid, target_numbers int2[],
  many boolean, single boolean, class_number int2, class_value text
)
language sql
stable
security definer  -- lends: reading definitions to the web service
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
begin atomic
  with api_view as (
    select
      c.oid as relation,
      v.name,
      v.object_id as class_id,
      v.columns
    from meta.api_view as v
    inner join pg_class as c on v.name = c.relname and c.relnamespace = 'api'::regnamespace
    where v.kind in ('class', 'all')
  )

  select
    k.conname::text,
    k.conrelid,
    k.conkey,
    k.confrelid,
    k.confkey,
    false,
    (
      select count(*) > 0
      from pg_index as i
      where i.indrelid = k.conrelid and i.indisunique and i.indpred is null and i.indexprs is null
        and i.indnkeyatts = cardinality(k.conkey)
        and array(
          select u.number from unnest(i.indkey) with ordinality as u (number, position) where u.position <= i.indnkeyatts
        ) <@ k.conkey
    ),
    null::int2,
    null
  from pg_constraint as k
  inner join pg_namespace as n on k.connamespace = n.oid
  where k.contype = 'f' and k.conparentid = 0
    and n.nspname not in (
      'core', 'access', 'meta', 'data', 'queue', 'feed', 'mail', 'flow', 'batch', 'replica', 'web', 'pg_catalog'
    )
  union all
  select
    format('%s_%s_fkey', s.name, e.code),
    s.relation,
    array[a.attnum],
    t.relation,
    array[i.attnum],
    e.is_array,
    not e.is_array and exists (
      select
      from meta.class_key as k
      inner join meta.ancestry as y on k.class_id = y.ancestor_id
      where y.class_id = e.class_id and k.column_ids = array[e.column_id]
    ),
    k.attnum,
    case when k.attnum is not null then n.path end
  from meta.effective_column as e
  inner join api_view as s on e.class_id = s.class_id
  inner join pg_attribute as a on s.relation = a.attrelid and s.columns[a.attnum] = e.physical
  inner join api_view as t on t.class_id = any(e.targets)
  inner join pg_attribute as i on t.relation = i.attrelid and i.attname = 'id'
  inner join meta.class_name as n on t.class_id = n.id
  left join pg_attribute as k
    on s.relation = k.attrelid and s.columns[k.attnum] = e.physical || '_class' and cardinality(e.targets) > 1
  where e.type = 'reference' and e.stored;
end;

comment on function web.links() is 'Foreign keys and references of classes, by relation and column number, for embedding.';

revoke all on function web.links() from public;
grant execute on function web.links() to pgears_admin, pgears_web;
