-- Point the foreign key of a reference column to what its definition says now.
--
-- Single references have their key in the class table, several ones in the link table.

create or replace function meta.point_reference(p_class bigint, p_column bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link constant boolean := to_regclass('data.link_' || p_column) is not null;
  v_table constant text := case when v_link then 'link_' || p_column else 'datarow_' || p_class end;
  v_field constant text := case when v_link then 'target_id' else 'c' || p_column end;
  v_target constant text := meta.column_target_table(p_column);
begin
  execute format('alter table data.%1$I drop constraint if exists %2$I', v_table, format('%s_%s_fkey', v_table, v_field));

  if v_target is not null then
    execute format(
      'alter table data.%I add constraint %I foreign key (%I) references %s (id)',
      v_table, format('%s_%s_fkey', v_table, v_field), v_field, v_target
    );
  end if;
end;
$$;

comment on function meta.point_reference(bigint, bigint) is 'Renew the foreign key of a reference column in the table of a class.';

revoke all on function meta.point_reference(bigint, bigint) from public;
