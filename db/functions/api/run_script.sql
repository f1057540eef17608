-- Public: run a script by code with parameters.
-- requires: flow.run_script

create or replace function api.run_script(code text, parameters jsonb default '{}', dry_run boolean default false)
returns jsonb
language sql
volatile
begin atomic
  select flow.run_script(code, parameters, dry_run);
end;

comment on function api.run_script(text, jsonb, boolean) is
'Run a script and give its result; a dry run undoes what it wrote. Raises PG501 to PG503, and what the script raises.';

revoke all on function api.run_script(text, jsonb, boolean) from public;
grant execute on function api.run_script(text, jsonb, boolean) to pgears_admin, pgears_runner;
