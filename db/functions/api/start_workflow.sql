-- Public: start a workflow by code, about a record of its class.
-- requires: flow.request

create or replace function api.start_workflow(code text, id bigint default null, variables jsonb default '{}', key text default null)
returns bigint
language sql
volatile
begin atomic
  insert into flow.request (operation, object, arguments)
  values ('start_workflow', code, jsonb_build_object('record', id, 'variables', variables, 'key', key))
  returning result::bigint;
end;

comment on function api.start_workflow(text, bigint, jsonb, text) is
'Start a workflow and give the id of the instance; the same key is the same instance. Raises PG503, PG510, PG512, PG560 to PG562.';

grant execute on function api.start_workflow(text, bigint, jsonb, text) to public;
