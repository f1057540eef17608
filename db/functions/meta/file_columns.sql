-- The columns that each class of a model file will have, inherited ones included.
--
-- "path" is where the file has the column; null for a column of another model's class.
-- requires: meta.class_name meta.effective_column meta.section_of

create or replace function meta.file_columns(p_file jsonb)
returns table (class_code text, owner_code text, code text, definition jsonb, path text)
language sql
stable
begin atomic
  with recursive named as (
    select
      c.key as code,
      c.value as definition,
      case
        when starts_with(c.value ->> 'parent', (p_file ->> 'model') || '.') then split_part(c.value ->> 'parent', '.', 2)
        else c.value ->> 'parent'
      end as parent
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
  ),

  up (class_code, ancestor, parent, definition) as (
    select n.code, n.code, n.parent, n.definition
    from named as n
    union
    select u.class_code, n.code, n.parent, n.definition
    from up as u
    inner join named as n on u.parent = n.code
  )

  select
    u.class_code,
    u.ancestor,
    k.key,
    k.value,
    format('$.classes.%s.columns.%s', u.ancestor, k.key)
  from up as u
  cross join jsonb_each(meta.section_of(u.definition, 'columns')) as k
  union all
  select
    u.class_code,
    u.parent,
    e.code,
    e.definition || jsonb_build_object('type', e.type),
    null
  from up as u
  inner join meta.class_name as c on u.parent = c.path
  inner join meta.effective_column as e on c.id = e.class_id
  where u.parent like '%.%';
end;

comment on function meta.file_columns(jsonb) is 'Class, owner, code, definition and path of every column that the classes of a model file will have.';

revoke all on function meta.file_columns(jsonb) from public;
