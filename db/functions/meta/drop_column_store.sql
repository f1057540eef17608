-- Drop the sequence and the link table of a column, where it has them.

create or replace function meta.drop_column_store(p_column bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('drop table if exists data.link_%s', p_column);
  execute format('drop sequence if exists data.seq_%s', p_column);
end;
$$;

comment on function meta.drop_column_store(bigint) is 'Drop data.link_<id> and data.seq_<id> of a column.';

revoke all on function meta.drop_column_store(bigint) from public;
