-- Public: complete a task that a workflow has given the caller.
-- requires: flow.complete_assignment

create or replace function api.complete_task(id bigint, outcome text default 'done', variables jsonb default '{}')
returns void
language sql
volatile
begin atomic
  select flow.complete_assignment(id, outcome, variables);
end;

comment on function api.complete_task(bigint, text, jsonb) is 'Complete a task of a workflow. Raises PG515, PG518, PG519.';

revoke all on function api.complete_task(bigint, text, jsonb) from public;
grant execute on function api.complete_task(bigint, text, jsonb) to pgears_admin, pgears_runner;
