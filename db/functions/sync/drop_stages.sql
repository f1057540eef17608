-- Drop the tables that a run works with.

create or replace function sync.drop_stages(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
begin
  foreach v_name in array array['stage', 'typed', 'side', 'change'] loop
    if to_regclass(format('sync.%s_%s', v_name, p_run)) is not null then
      execute format('drop table sync.%s_%s', v_name, p_run);
    end if;
  end loop;
end;
$$;

comment on function sync.drop_stages(bigint) is 'Drop the tables that a run works with, those there are.';

revoke all on function sync.drop_stages(bigint) from public;
