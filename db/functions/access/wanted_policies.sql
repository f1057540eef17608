-- The policies that the rights of now ask for, on the tables of these classes and on files.
--
-- One a right and operation on class tables; on archives one a right to read, by the unit
-- that the former row was in. Links and files have no unit: they follow the rows that hold
-- them. The name carries a hash of what the policy says, so that equal names are equal policies.
-- requires: access.class_relation access.effective_right access.scope_condition meta.ancestry

create or replace function access.wanted_policies(p_classes bigint[])
returns table (relation regclass, name text, definition text, note text)
language sql
stable
begin atomic
  with readable as (
    select
      r.*,
      coalesce((k.definition ->> 'multiple')::boolean, false) as is_array
    from access.effective_right as r
    left join meta.class_column as k on r.column_id = k.id
    where r.kind = 'class' and r.operation in ('read', 'insert', 'change', 'delete')
  ),

  by_right as (
    select
      t.relation,
      r.role_id,
      r.role,
      r.group_name,
      r.operation,
      access.scope_condition(r.structure_id, r.column_id, r.depth, r.is_array) as condition,
      case
        when r.structure_id is null then 'every row'
        else format('rows by column c%s in structure %s, %s levels down', r.column_id, r.structure_id, r.depth)
      end as note
    from readable as r
    inner join access.class_relation as t on r.class_id = t.class_id
    where t.class_id = any(p_classes) and (t.kind = 'rows' or (t.kind = 'archive' and r.operation = 'read'))
  ),

  -- Links of these classes, each with every class of the family whose rows it holds.
  link as materialized (
    select t.*
    from access.class_relation as t
    where t.kind = 'link' and t.relation in (
      select o.relation from access.class_relation as o where o.kind = 'link' and o.class_id = any(p_classes)
    )
  ),

  by_link as (
    select
      t.relation,
      r.role_id,
      r.role,
      r.group_name,
      'read' as operation,
      case
        when count(distinct r.class_id) filter (where r.structure_id is null)
          = (select count(*) from link as o where o.relation = t.relation)
          then 'true'
        else string_agg(distinct format('exists (select from data.datarow_%s as r where r.id = row_id)', r.class_id), ' or ')
      end as condition,
      'links of rows that may be read' as note
    from readable as r
    inner join link as t on r.class_id = t.class_id
    where r.operation = 'read' and t.column_id <> all(r.hidden)
    group by t.relation, r.role_id, r.role, r.group_name
  ),

  by_file as (
    select
      'core.file'::regclass as relation,
      r.role_id,
      r.role,
      r.group_name,
      'read' as operation,
      string_agg(
        distinct case
          when coalesce((k.definition ->> 'multiple')::boolean, false)
            then format('exists (select from data.link_%s as l where l.target_id = file.id)', k.id)
          else format('exists (select from data.datarow_%s as r where r.c%s = file.id)', r.class_id, k.id)
        end,
        ' or '
      ) as condition,
      'files of rows that may be read' as note
    from readable as r
    inner join meta.ancestry as a on r.class_id = a.class_id
    inner join meta.class_column as k on a.ancestor_id = k.class_id and k.type = 'file'
    where r.operation = 'read' and k.id <> all(r.hidden)
    group by r.role_id, r.role, r.group_name
  ),

  stated as (
    select
      p.*,
      format(
        case p.operation
          when 'read' then 'for select to %1$I using (%2$s)'
          when 'insert' then 'for insert to %1$I with check (%2$s)'
          when 'change' then 'for update to %1$I using (%2$s) with check (%2$s)'
          when 'delete' then 'for delete to %1$I using (%2$s)'
        end,
        p.group_name, p.condition
      ) as definition
    from (
      select * from by_right
      union
      select * from by_link
      union
      select * from by_file
    ) as p
  )

  select
    s.relation,
    format('role_%s_%s_%s', s.role_id, s.operation, left(md5(s.definition), 12)),
    s.definition,
    format('Role %s: %s %s. Generated.', s.role, s.operation, s.note)
  from stated as s;
end;

comment on function access.wanted_policies(bigint[]) is
'Policies that tables of these classes and core.file should have: name, definition after "create policy ... on ...", comment.';

revoke all on function access.wanted_policies(bigint[]) from public;
