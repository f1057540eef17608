-- Tables and views of the exposed schemas as the web service sees them, one row each.
--
-- columns: [{"name", "number", "type", "base", "nullable", "default", "generated", "readonly", "comment", ...}];
-- keys: [{"columns", "primary", "live"}], "live" for those that hold among rows not deleted.
-- API views of classes know theirs from the metadata: a view has none in the catalogue.
-- requires: meta.effective_column

create or replace function web.relations(p_schemas text[])
returns table (
  id oid, schema text, name text, kind text, comment text, class_path text, deleted_too boolean, served boolean,
  can_insert boolean, can_update boolean, can_delete boolean, columns jsonb, keys jsonb
)
language sql
stable
security definer  -- lends: reading definitions to the web service
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
begin atomic
  with api_view as (
    select
      to_regclass(format('api.%I', v.name)) as relation,
      v.kind,
      v.columns,
      c.id as class_id,
      m.code || '.' || c.code as path,
      c.web_service,
      to_regclass('data.datarow_' || c.id) as base
    from meta.api_view as v
    inner join meta.class as c on v.object_id = c.id
    inner join meta.model as m on c.model_id = m.id
    where v.kind in ('class', 'all')
  )

  select
    c.oid,
    n.nspname::text,
    c.relname::text,
    case when c.relkind in ('v', 'm') then 'view' else 'table' end,
    obj_description(c.oid, 'pg_class'),
    v.path,
    coalesce(v.kind = 'all', false),
    coalesce(v.web_service, true),
    (pg_relation_is_updatable(c.oid, true) & 8) <> 0 and coalesce(v.kind, '') <> 'all',
    (pg_relation_is_updatable(c.oid, true) & 4) <> 0 and coalesce(v.kind, '') <> 'all',
    (pg_relation_is_updatable(c.oid, true) & 16) <> 0 and coalesce(v.kind, '') <> 'all',
    (
      select coalesce(jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
          'name', a.attname,
          'number', a.attnum,
          'type', format_type(a.atttypid, null),
          'base', case when t.typtype = 'd' then format_type(t.typbasetype, null) end,
          'nullable', not (a.attnotnull or coalesce(b.attnotnull, false)),
          'default', coalesce(
            case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
            case when b.attgenerated = '' then pg_get_expr(e.adbin, e.adrelid) end
          ),
          'generated', case when a.attgenerated <> '' or coalesce(b.attgenerated, '') <> '' then true end,
          'readonly', case when v.path is not null and not pg_column_is_updatable(c.oid, a.attnum, true) then true end,
          'comment', col_description(a.attrelid, a.attnum),
          'length', case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 end,
          'values', case
            when t.typtype = 'e' then (
              select jsonb_agg(l.enumlabel order by l.enumsortorder) from pg_enum as l where l.enumtypid = t.oid
            )
          end
        )) order by a.attnum
      ), '[]')
      from pg_attribute as a
      inner join pg_type as t on a.atttypid = t.oid
      left join pg_attrdef as d on a.attrelid = d.adrelid and a.attnum = d.adnum
      left join pg_attribute as b on b.attrelid = v.base and b.attname = v.columns[a.attnum] and not b.attisdropped
      left join pg_attrdef as e on b.attrelid = e.adrelid and b.attnum = e.adnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ),
    case
      when v.path is not null then (
        select jsonb_agg(k.key)
        from (
          select jsonb_build_object('columns', jsonb_build_array('id'), 'primary', true, 'live', false) as key
          union all
          select
            jsonb_build_object(
              'columns', (
                select jsonb_agg(e.code order by i.position)
                from unnest(k.column_ids) with ordinality as i (id, position)
                inner join meta.effective_column as e on e.class_id = v.class_id and i.id = e.column_id
              ),
              'primary', false,
              'live', true
            )
          from meta.ancestry as y
          inner join meta.class_key as k on y.ancestor_id = k.class_id
          where y.class_id = v.class_id
        ) as k
      )
      else (
        select coalesce(jsonb_agg(jsonb_build_object(
          'columns', (
            select jsonb_agg(a.attname order by k.position)
            from unnest(i.indkey) with ordinality as k (number, position)
            inner join pg_attribute as a on a.attrelid = c.oid and k.number = a.attnum
            where k.position <= i.indnkeyatts
          ),
          'primary', i.indisprimary,
          'live', false
        ) order by i.indisprimary desc, i.indexrelid), '[]')
        from pg_index as i
        where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
      )
    end
  from pg_class as c
  inner join pg_namespace as n on c.relnamespace = n.oid
  left join api_view as v on c.oid = v.relation
  where n.nspname = any(p_schemas) and c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition;
end;

comment on function web.relations(text[]) is 'Tables and views of these schemas with columns and keys, for the web service.';

revoke all on function web.relations(text[]) from public;
grant execute on function web.relations(text[]) to pgears_admin, pgears_web;
