-- Columns of a synchronisation: what stands on the one side, what on the other, and its types.
--
-- "foreign -> class.column" is a reference whose value on the other side is that column of the
-- record referred to. System columns can only be sent out. Ids and types are null where the
-- class has no such column: sync.check_columns() says so.
-- requires: meta.effective_column

create or replace function sync.mapped(p_definition bigint)
returns table (
  place integer,
  code text,
  foreign_name text,
  physical text,
  sql_type text,
  is_key boolean,
  is_system boolean,
  lookup_class bigint,
  lookup_physical text,
  value_type text
)
language sql
stable
begin atomic
  select
    row_number() over (order by m.key)::integer,
    m.key,
    f.parts[1],
    coalesce(e.physical, s.code),
    coalesce(e.sql_type, s.sql_type),
    d.definition -> 'keys' @> to_jsonb(m.key),
    e.column_id is null and s.code is not null,
    c.id,
    l.physical,
    coalesce(l.sql_type, e.sql_type, s.sql_type)
  from sync.definition as d
  cross join lateral jsonb_each_text(d.definition -> 'columns') as m (key, value)
  cross join lateral regexp_match(m.value, '^\s*(.+?)\s*(?:->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*)?$') as f (parts)
  left join meta.effective_column as e on e.class_id = d.class_id and e.code = m.key and e.stored
  left join (
    values
    ('id', 'bigint'), ('uid', 'uuid'), ('version', 'bigint'), ('shortdescription', 'text'),
    ('creator', 'text'), ('created', 'timestamptz'), ('modifier', 'text'), ('modified', 'timestamptz')
  ) as s (code, sql_type) on m.key = s.code and d.definition ->> 'direction' = 'out'
  left join meta.model as o on o.id = d.model_id
  left join (
    select k.id, n.code || '.' || k.code as path
    from meta.class as k
    inner join meta.model as n on k.model_id = n.id
  ) as c on c.path = case when f.parts[2] like '%.%' then f.parts[2] else o.code || '.' || f.parts[2] end
  left join meta.effective_column as l on l.class_id = c.id and l.code = f.parts[3] and l.stored
  where d.id = p_definition;
end;

comment on function sync.mapped(bigint) is 'Columns of a synchronisation in a fixed order, with types, keys and lookups.';

revoke all on function sync.mapped(bigint) from public;
