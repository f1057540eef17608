-- What plpgsql_check says of a script: the first error, null for none or without the extension.
--
-- Tables that do not exist yet are passed over: API views are renewed after scripts are stored.

create or replace function flow.script_trouble(p_script bigint)
returns text
language plpgsql
volatile
security definer  -- lends: calling plpgsql_check on scripts to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema text;
  v_trouble text;
begin
  select e.extnamespace::regnamespace::text into v_schema from pg_extension as e where e.extname = 'plpgsql_check';

  if v_schema is not null then
    execute format(
      'select format(''line %%s: %%s'', greatest(c.lineno - 1, 1), c.message) from %s.plpgsql_check_function_tb($1::regprocedure) as c'
      ' where c.level = ''error'' and c.sqlstate not in (''42P01'', ''42703'') limit 1',
      v_schema
    )
    using format('data.script_%s(jsonb)', p_script)
    into v_trouble;
  end if;

  return v_trouble;
end;
$$;

comment on function flow.script_trouble(bigint) is 'First error that plpgsql_check finds in a script; null for none, or where it is not installed.';

revoke all on function flow.script_trouble(bigint) from public;
grant execute on function flow.script_trouble(bigint) to pgears_admin;
