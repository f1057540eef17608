-- Public: complete a task that a workflow has given the caller.
-- requires: flow.request

create or replace function api.complete_task(id bigint, outcome text default 'done', variables jsonb default '{}')
returns void
language sql
volatile
begin atomic
  insert into flow.request (operation, arguments)
  values ('complete_task', jsonb_build_object('id', id, 'outcome', outcome, 'variables', variables));
end;

comment on function api.complete_task(bigint, text, jsonb) is
'Complete a task of a workflow. Raises PG515, PG518, PG519, and what the script after it raises.';

grant execute on function api.complete_task(bigint, text, jsonb) to public;
