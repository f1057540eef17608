-- Run a script by code; a dry run undoes what it wrote and gives its result all the same.

create or replace function flow.run_script(p_code text, p_parameters jsonb default '{}', p_dry_run boolean default false)
returns jsonb
language plpgsql
volatile
security definer  -- lends: running scripts to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_script constant bigint := flow.script_id(p_code);
  v_source constant text := core.source();
  v_result jsonb;
begin
  begin
    if v_source = 'sql' then
      perform core.set_source('script');
    end if;

    v_result := flow.execute_script(v_script, jsonb_build_object('parameters', coalesce(p_parameters, '{}'), 'dry_run', p_dry_run));

    if p_dry_run then
      raise exception 'dry run' using errcode = 'PGDRY', hint = 'Caught below: what the script wrote is undone.';
    end if;
  exception
    when sqlstate 'PGDRY' then
      return v_result;
  end;

  if v_source = 'sql' then
    perform core.set_source('sql');
  end if;

  return v_result;
end;
$$;

comment on function flow.run_script(text, jsonb, boolean) is
'Run a script with parameters and give its result. Raises PG501 to PG503, and what the script raises.';

revoke all on function flow.run_script(text, jsonb, boolean) from public;
grant execute on function flow.run_script(text, jsonb, boolean) to pgears_admin, pgears_runner;
