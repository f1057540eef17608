-- Make the family table of a class that gets its first child, and point references to it.
--
-- Foreign keys need one target; the family table holds the ids of the class's own rows and
-- of its descendants' rows. Triggers of those classes keep it.

create or replace function meta.create_family(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
begin
  execute format(
    'create table data.family_%1$s (id bigint not null, class_id bigint not null, constraint family_%1$s_pkey primary key (id))',
    p_class
  );
  execute format('comment on table data.family_%s is %L', p_class, 'Ids of the rows of a class and of the classes that inherit from it.');
  execute format('insert into data.family_%1$s (id, class_id) select r.id, %1$s from data.datarow_%1$s as r', p_class);

  for v_column in
    select e.class_id, e.column_id, cardinality(e.targets) > 1 as several
    from meta.effective_column as e
    where
      p_class = any (e.targets)
      -- The child itself gets its inherited columns after this.
      and exists (
        select from pg_attribute as a
        where a.attrelid = to_regclass('data.datarow_' || e.class_id) and a.attname = e.physical
      )
  loop
    -- References to several classes are checked by triggers, which name their tables.
    if v_column.several then
      perform meta.touch_class(v_column.class_id);
    else
      perform meta.point_reference(v_column.class_id, v_column.column_id);
    end if;
  end loop;
end;
$$;

comment on function meta.create_family(bigint) is 'Make data.family_<id> and let references to the class point to it.';

revoke all on function meta.create_family(bigint) from public;
