-- What a set of roles together would show although one of them hides it; null for nothing.
--
-- PostgreSQL grants columns and rows apart: who may see a column of some rows by one right
-- sees it in all rows that any right shows. So a hidden column stays hidden only if no
-- other right of the set shows it, or one that shows it covers the same rows anyway.
-- Names of class tables (tables: true) would show all columns. Rights that are switched
-- off count too: switching them on must not reveal anything.
-- requires: meta.class_path

create or replace function access.hidden_conflict(p_roles bigint[])
returns text
language sql
stable
begin atomic
  with held as (
    select r.*
    from access.role_right as r
    where r.role_id = any(p_roles) and r.kind = 'class'
  ),

  hidden as (
    select
      h.class_id,
      h.operation,
      h.role_id,
      c.id as column_id
    from held as h
    cross join lateral unnest(h.hidden) as c (id)
    where not exists (
      select
      from held as o
      where o.class_id = h.class_id and o.operation = h.operation and c.id <> all(o.hidden)
        and (
          o.structure_id is null
          or (o.structure_id = h.structure_id and o.column_id = h.column_id and o.depth >= h.depth)
        )
    )
  )

  select min(format(
    'column "%s" of class %s, which role "%s" hides, would be shown by %s',
    k.code, meta.class_path(h.class_id), r.code,
    case when b.role_id is null then 'the class table' else format('role "%s" in the same rows', s.code) end
  ))
  from hidden as h
  inner join meta.class_column as k on h.column_id = k.id
  inner join access.role as r on h.role_id = r.id
  left join held as b on h.class_id = b.class_id and h.operation = b.operation and h.column_id <> all(b.hidden)
  left join access.role as s on b.role_id = s.id
  where b.role_id is not null
    or (h.operation = 'read' and exists (select from access.role_model as m where m.role_id = any(p_roles) and m.tables));
end;

comment on function access.hidden_conflict(bigint[]) is 'Why these roles do not go together in one account: a hidden column that would show; null when they do.';

revoke all on function access.hidden_conflict(bigint[]) from public;
