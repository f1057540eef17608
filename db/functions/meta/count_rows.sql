-- How many rows a class has, former rows of its archive included.

create or replace function meta.count_rows(p_class bigint)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows bigint;
  v_former bigint := 0;
begin
  execute format('select count(*) from data.datarow_%s', p_class) into v_rows;

  if to_regclass('data.archive_' || p_class) is not null then
    execute format('select count(*) from data.archive_%s', p_class) into v_former;
  end if;

  return v_rows + v_former;
end;
$$;

comment on function meta.count_rows(bigint) is 'Number of rows of a class and of its archive.';

revoke all on function meta.count_rows(bigint) from public;
