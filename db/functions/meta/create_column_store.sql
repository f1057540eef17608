-- Make what a column needs beside the class tables: its sequence, its link table.
--
-- Both belong to the column, not to a table: children of the class share them.

create or replace function meta.create_column_store(p_column bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.class_column;
  v_several boolean;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_several := v_column.type in ('reference', 'file') and coalesce((v_column.definition ->> 'multiple')::boolean, false);

  if v_column.definition ? 'sequence' then
    execute format('create sequence data.seq_%s', p_column);
    -- Defaults draw numbers with the writer's rights.
    execute format('grant usage on sequence data.seq_%s to public', p_column);
  end if;

  if v_several then
    execute format(
      $sql$
      create table data.link_%1$s (
        row_id bigint not null,
        target_id bigint not null,
        position integer not null,
        constraint link_%1$s_pkey primary key (row_id, target_id),
        constraint link_%1$s_target_id_fkey foreign key (target_id) references %2$s (id)
      )
      $sql$,
      p_column, meta.column_target_table(p_column)
    );
    execute format('create index link_%1$s_target_id_idx on data.link_%1$s (target_id)', p_column);
    execute format('comment on table data.link_%s is %L', p_column, 'Values of a column with several references, kept by the triggers of its class.');
  end if;
end;
$$;

comment on function meta.create_column_store(bigint) is 'Make the sequence and the link table of a column where it needs them.';

revoke all on function meta.create_column_store(bigint) from public;
