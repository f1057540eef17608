-- Public: pause, resume, retry or cancel an instance of a workflow.
-- requires: flow.request

create or replace function api.manage_workflow(id bigint, action text, step text default null)
returns jsonb
language sql
volatile
begin atomic
  insert into flow.request (operation, arguments)
  values ('manage_workflow', jsonb_build_object('id', id, 'action', action, 'step', step))
  returning result;
end;

comment on function api.manage_workflow(bigint, text, text) is
'State of an instance after pause, resume, retry (from a step, if given) or cancel. Raises PG511, PG513, PG514, PG560, PG563.';

grant execute on function api.manage_workflow(bigint, text, text) to public;
