-- Public: hand a task over to another account or role, or name deputies who may complete it too.
-- requires: flow.request

create or replace function api.assign_task(id bigint, assignee text default null, deputies text[] default null)
returns void
language sql
volatile
begin atomic
  insert into flow.request (operation, arguments)
  values ('assign_task', jsonb_build_object('id', id, 'assignee', assignee, 'deputies', deputies));
end;

comment on function api.assign_task(bigint, text, text[]) is
'Give an open task to somebody else, or name its deputies; null leaves what is. Raises PG515, PG518, PG907.';

grant execute on function api.assign_task(bigint, text, text[]) to public;
