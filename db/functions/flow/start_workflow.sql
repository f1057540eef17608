-- Start a workflow by code; a key makes it start once, however often it is asked for.
-- requires: flow.start_instance
-- requires: flow.workflow_id

create or replace function flow.start_workflow(p_code text, p_record bigint default null, p_variables jsonb default '{}', p_key text default null)
returns bigint
language sql
volatile
security definer  -- lends: writing instances to administrators and the service
begin atomic
  select flow.start_instance(flow.workflow_id(p_code), null, p_record, p_variables, p_key);
end;

comment on function flow.start_workflow(text, bigint, jsonb, text) is 'Start a workflow and give the id of the instance. Raises PG503, PG510, PG512.';

revoke all on function flow.start_workflow(text, bigint, jsonb, text) from public, pgears_runner;
grant execute on function flow.start_workflow(text, bigint, jsonb, text) to pgears_admin;
