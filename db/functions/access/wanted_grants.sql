-- The privileges that the rights of now ask for, on relations of these classes, queries and files.
--
-- Hidden columns are left out of the grants on API views. The tables beneath are granted
-- whole, because a view that runs with its reader's rights needs every column that it
-- mentions; but only roles with "tables: true" may name anything in schema data.
-- requires: access.class_relation access.effective_right

create or replace function access.wanted_grants(p_classes bigint[])
returns table (relation oid, column_name name, privilege text, group_name text)
language sql
stable
begin atomic
  with held as (
    select distinct
      r.class_id,
      r.group_name,
      r.operation,
      p.privilege,
      r.hidden
    from access.effective_right as r
    inner join (
      values ('read', 'SELECT'), ('insert', 'INSERT'), ('change', 'UPDATE'), ('delete', 'DELETE')
    ) as p (operation, privilege) on r.operation = p.operation
    where r.kind = 'class'
  ),

  class_view as (
    select
      t.class_id,
      t.relation,
      t.kind,
      h.group_name,
      h.privilege,
      h.hidden
    from held as h
    inner join access.class_relation as t on h.class_id = t.class_id
    where t.class_id = any(p_classes) and (t.kind = 'view' or (t.kind = 'all' and h.operation = 'read'))
  )

  -- Tables of the class itself.
  select
    t.relation,
    null::name,
    h.privilege,
    h.group_name
  from held as h
  inner join access.class_relation as t on h.class_id = t.class_id
  where t.class_id = any(p_classes) and (t.kind = 'rows' or (t.kind in ('archive', 'link') and h.operation = 'read'))
  union
  -- API views, whole.
  select
    v.relation,
    null,
    v.privilege,
    v.group_name
  from class_view as v
  where v.hidden = '{}' or v.privilege = 'DELETE'
  union
  -- API views, without hidden columns.
  select
    v.relation,
    a.attname,
    v.privilege,
    v.group_name
  from class_view as v
  inner join meta.api_view as k on v.class_id = k.object_id and k.kind = case v.kind when 'view' then 'class' else 'all' end
  inner join pg_attribute as a on v.relation = a.attrelid and a.attnum > 0 and not a.attisdropped
  where v.hidden <> '{}' and v.privilege <> 'DELETE'
    and not exists (
      select
      from unnest(v.hidden) as h (column_id)
      where k.columns[a.attnum] = 'c' || h.column_id or k.columns[a.attnum] like 'c' || h.column_id || '\_%'
    )
  union
  -- Views of queries.
  select
    to_regclass(format('api.%I', k.name)),
    null,
    'SELECT',
    r.group_name
  from access.effective_right as r
  inner join meta.api_view as k on r.query_id = k.object_id and k.kind = 'query'
  where r.kind = 'query' and to_regclass(format('api.%I', k.name)) is not null
  union
  -- Files, whose rows follow the rows that hold them.
  select
    f.relation,
    null,
    'SELECT',
    h.group_name
  from held as h
  cross join (values ('core.file'::regclass), ('core.file_content'::regclass), (to_regclass('api.file')), (to_regclass('api.mail'))) as f (relation)
  where f.relation is not null and h.operation = 'read';
end;

comment on function access.wanted_grants(bigint[]) is
'Privileges that group roles should have on relations of these classes, all queries and files; a null column means the whole relation.';

revoke all on function access.wanted_grants(bigint[]) from public;
