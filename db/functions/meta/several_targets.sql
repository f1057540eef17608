-- Classes to which references to several classes point: those of a class, or one column.
-- requires: meta.ancestry

create or replace function meta.several_targets(p_class bigint, p_column bigint default null)
returns bigint[]
language sql
stable
begin atomic
  select array(
    select distinct t.class_id
    from meta.ancestry as a
    inner join meta.class_column as k on a.ancestor_id = k.class_id
    inner join meta.column_target as t on k.id = t.column_id
    where a.class_id = p_class and k.type = 'reference' and k.id = coalesce(p_column, k.id)
      and (select count(*) from meta.column_target as o where o.column_id = k.id) > 1
    order by t.class_id
  );
end;

comment on function meta.several_targets(bigint, bigint) is
'Ids of the classes that references to several classes point to, of a class with its inherited columns, or of one column.';

revoke all on function meta.several_targets(bigint, bigint) from public;
