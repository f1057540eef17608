-- Public: run a script by code with parameters.
-- requires: flow.request

create or replace function api.run_script(code text, parameters jsonb default '{}', dry_run boolean default false)
returns jsonb
language sql
volatile
begin atomic
  insert into flow.request (operation, object, arguments)
  values ('run_script', code, jsonb_build_object('parameters', parameters, 'dry_run', dry_run))
  returning result;
end;

comment on function api.run_script(text, jsonb, boolean) is
'Run a script and give its result; a dry run undoes what it wrote. Raises PG501 to PG503, PG560 to PG562, and what the script raises.';

grant execute on function api.run_script(text, jsonb, boolean) to public;
