-- Make the table of a class with what every row needs: its id and whether it is deleted.
--
-- The columns of the definition come next and the other system columns last
-- (meta.build_system_columns), because PostgreSQL walks a row from its beginning: queries over
-- many rows seldom read system columns. A class without a parent counts its own rows; a child takes ids from the root of its
-- family, so that an id means one row wherever a reference to the parent may point.

create or replace function meta.create_class_table(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_root bigint;
begin
  select a.ancestor_id into strict v_root
  from meta.ancestry as a
  where a.class_id = p_class
  order by a.depth desc
  limit 1;

  execute format(
    $sql$
    create table data.datarow_%1$s (
      id bigint not null %2$s,
      deleted timestamptz,
      constraint datarow_%1$s_pkey primary key (id)
    )
    -- Every update writes system columns: room on the page spares it the indexes.
    with (fillfactor = 85)
    $sql$,
    p_class,
    case
      when v_root = p_class then 'generated always as identity'
      else format('default nextval(%L::regclass)', format('data.datarow_%s_id_seq', v_root))
    end
  );

  execute format(
    'comment on table data.datarow_%s is %L',
    p_class,
    format('Rows of class %s. Write by the API view or here; system columns are set by the system.', meta.class_path(p_class))
  );

  if v_root <> p_class then
    execute format('grant usage on sequence data.datarow_%s_id_seq to public', v_root);
  end if;
end;
$$;

comment on function meta.create_class_table(bigint) is 'Make data.datarow_<id> for a class that has none.';

revoke all on function meta.create_class_table(bigint) from public;
