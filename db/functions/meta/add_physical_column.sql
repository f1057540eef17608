-- Add a column to the table of one class, with index and foreign key where it refers.
--
-- Several values are an array in the row, so that views stay updatable, and rows of a link
-- table, which hold the foreign keys and serve the other direction.
-- requires: meta.effective_column

create or replace function meta.add_physical_column(p_class bigint, p_column bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.effective_column;
  v_table constant text := 'datarow_' || p_class;
  v_archive constant regclass := to_regclass('data.archive_' || p_class);
  v_partitioned constant boolean := (select c.parts is not null from meta.class as c where c.id = p_class);
  v_expression text;
  v_target text;
begin
  select e.* into strict v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.column_id = p_column;

  if not v_column.stored then
    return;
  end if;

  if v_column.type = 'calculated' then
    v_expression := format('generated always as (%s) stored', v_column.calculated_sql);
  else
    v_expression := 'default ' || meta.default_expression(p_column, v_column.type, v_column.definition);
  end if;

  execute format('alter table data.%I add column %I %s %s', v_table, v_column.physical, v_column.sql_type, v_expression);

  if v_archive is not null then
    execute format('alter table %s add column %I %s', v_archive, v_column.physical, v_column.sql_type);
  end if;

  if cardinality(v_column.targets) > 1 then
    execute format('alter table data.%I add column %I text', v_table, v_column.physical || '_class');

    if v_archive is not null then
      execute format('alter table %s add column %I text', v_archive, v_column.physical || '_class');
    end if;
  end if;

  if v_column.definition ? 'sequence' then
    execute format(
      'create %s %I on data.%I (%I)',
      case when v_partitioned then 'index' else 'unique index' end,
      format('%s_%s_key', v_table, v_column.physical), v_table, v_column.physical
    );
  end if;

  if v_column.type in ('reference', 'file', 'class') and not v_column.is_array then
    execute format(
      'create index %I on data.%I (%I)',
      format('%s_%s_idx', v_table, v_column.physical), v_table, v_column.physical
    );
    v_target := meta.column_target_table(p_column);

    if v_target is not null then
      execute format(
        'alter table data.%I add constraint %I foreign key (%I) references %s (id)',
        v_table, format('%s_%s_fkey', v_table, v_column.physical), v_column.physical, v_target
      );
    end if;
  end if;
end;
$$;

comment on function meta.add_physical_column(bigint, bigint) is 'Add the physical column of a defined column to the table (and archive) of a class.';

revoke all on function meta.add_physical_column(bigint, bigint) from public;
