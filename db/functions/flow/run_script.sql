-- Run a script by code; a dry run undoes what it wrote and gives its result all the same.

create or replace function flow.run_script(p_code text, p_parameters jsonb default '{}', p_dry_run boolean default false)
returns jsonb
language plpgsql
volatile
security definer  -- lends: running scripts to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
begin
  return flow.perform_script(flow.script_id(p_code), p_parameters, p_dry_run, access.current_account());
end;
$$;

comment on function flow.run_script(text, jsonb, boolean) is
'Run a script with parameters and give its result. Raises PG501 to PG503, and what the script raises.';

revoke all on function flow.run_script(text, jsonb, boolean) from public, pgears_runner;
grant execute on function flow.run_script(text, jsonb, boolean) to pgears_admin;
