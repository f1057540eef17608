-- Public: start a workflow by code, about a record of its class.
-- requires: flow.start_workflow

create or replace function api.start_workflow(code text, id bigint default null, variables jsonb default '{}', key text default null)
returns bigint
language sql
volatile
begin atomic
  select flow.start_workflow(code, id, variables, key);
end;

comment on function api.start_workflow(text, bigint, jsonb, text) is
'Start a workflow and give the id of the instance; the same key is the same instance. Raises PG503, PG510, PG512.';

revoke all on function api.start_workflow(text, bigint, jsonb, text) from public;
grant execute on function api.start_workflow(text, bigint, jsonb, text) to pgears_admin, pgears_runner;
