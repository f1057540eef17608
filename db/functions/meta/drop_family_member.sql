-- Take the rows of a dropped class out of the family tables of its ancestors.
--
-- The last child gone, the family table goes too and references point to the class again.
-- A row that is still referred to stops the drop by its foreign key.

create or replace function meta.drop_family_member(p_parent bigint, p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
begin
  for v_column in
    select a.ancestor_id from meta.ancestry as a where a.class_id = p_parent
  loop
    execute format('delete from data.family_%s as f where f.class_id = %s', v_column.ancestor_id, p_class);
  end loop;

  if exists (select from meta.class as c where c.parent_id = p_parent) then
    return;
  end if;

  for v_column in
    select e.class_id, e.column_id, cardinality(e.targets) > 1 as several
    from meta.effective_column as e
    where p_parent = any (e.targets)
  loop
    if v_column.several then
      perform meta.touch_class(v_column.class_id);
    else
      perform meta.point_reference(v_column.class_id, v_column.column_id);
    end if;
  end loop;

  execute format('drop table data.family_%s', p_parent);
  perform meta.touch_class(p_parent);
end;
$$;

comment on function meta.drop_family_member(bigint, bigint) is 'Take a class out of its family after it was dropped.';

revoke all on function meta.drop_family_member(bigint, bigint) from public;
