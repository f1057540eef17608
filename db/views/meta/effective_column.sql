-- The columns that a class has: those of its ancestors first, then its own.
-- requires: meta.ancestry meta.column_sql_type

create or replace view meta.effective_column as
select
  a.class_id,
  k.id as column_id,
  k.class_id as owner_id,
  k.code,
  k.type,
  k.definition,
  k.calculated_sql,
  row_number() over (partition by a.class_id order by a.depth desc, k.position, k.id) as position,
  'c' || k.id as physical,
  meta.column_sql_type(k.type, k.definition) as sql_type,
  (k.type in ('reference', 'file') and coalesce((k.definition ->> 'multiple')::boolean, false)) as is_array,
  k.type <> 'reverse' as stored,
  (k.type = 'reference' and coalesce(k.definition ->> 'target', '') = 'user') as target_user,
  array(
    select t.class_id
    from meta.column_target as t
    where t.column_id = k.id
    order by t.position
  ) as targets
from meta.ancestry as a
inner join meta.class_column as k on a.ancestor_id = k.class_id;

comment on view meta.effective_column is
'Columns of each class, inherited ones included, in the order in which they are shown; physical is the column of the class table.';
