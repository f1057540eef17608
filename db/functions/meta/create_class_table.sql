-- Make the table of a class with what every row needs: its id and whether it is deleted.
--
-- The columns of the definition come next and the other system columns last
-- (meta.build_system_columns), because PostgreSQL walks a row from its beginning: queries over
-- many rows seldom read system columns. A class without a parent counts its own rows; a child takes ids from the root of its
-- family, so that an id means one row wherever a reference to the parent may point.
--
-- A partitioned class has its rows in partitions by hash of the id. Nobody has privileges on
-- these, so that every statement names the whole table and meets its triggers and policies.
-- PostgreSQL before 17 has no identity on such tables: there the id is a default.

create or replace function meta.create_class_table(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_root bigint;
  v_parts constant integer := (select c.parts from meta.class as c where c.id = p_class);
  v_numbers constant boolean := v_parts is not null and current_setting('server_version_num')::integer < 170000;
begin
  select a.ancestor_id into strict v_root
  from meta.ancestry as a
  where a.class_id = p_class
  order by a.depth desc
  limit 1;

  if v_root = p_class and v_numbers then
    execute format('create sequence data.datarow_%s_id_seq', p_class);
  end if;

  execute format(
    $sql$
    create table data.datarow_%1$s (
      id bigint not null %2$s,
      deleted timestamptz,
      constraint datarow_%1$s_pkey primary key (id)
    )
    %3$s
    $sql$,
    p_class,
    case
      when v_root = p_class and not v_numbers then 'generated always as identity'
      else format('default nextval(%L::regclass)', format('data.datarow_%s_id_seq', v_root))
    end,
    -- Every update writes system columns: room on the page spares it the indexes.
    case when v_parts is null then 'with (fillfactor = 85)' else 'partition by hash (id)' end
  );

  for v_part in 0 .. coalesce(v_parts, 0) - 1 loop
    execute format(
      'create table data.datarow_%1$s_p%2$s partition of data.datarow_%1$s for values with (modulus %3$s, remainder %2$s) with (fillfactor = 85)',
      p_class, v_part, v_parts
    );
  end loop;

  if v_root = p_class and v_numbers then
    execute format('alter sequence data.datarow_%1$s_id_seq owned by data.datarow_%1$s.id', p_class);
  end if;

  execute format(
    'comment on table data.datarow_%s is %L',
    p_class,
    format('Rows of class %s. Write by the API view or here; system columns are set by the system.', meta.class_path(p_class))
  );

  if v_root <> p_class or v_numbers then
    execute format('grant usage on sequence data.datarow_%s_id_seq to public', v_root);
  end if;
end;
$$;

comment on function meta.create_class_table(bigint) is 'Make data.datarow_<id> for a class that has none.';

revoke all on function meta.create_class_table(bigint) from public;
