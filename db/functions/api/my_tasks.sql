-- Public: open tasks of workflows that the caller may complete.
-- requires: flow.my_task

create or replace function api.my_tasks()
returns table (
  id bigint, subject text, workflow text, instance bigint, class text, record bigint, assignee text, outcomes text[], deadline timestamptz, created timestamptz
)
language sql
stable
begin atomic
  select
    t.id,
    t.subject,
    t.workflow,
    t.instance,
    t.class,
    t.record,
    t.assignee,
    t.outcomes,
    t.deadline,
    t.created
  from flow.my_task as t
  order by t.deadline nulls last, t.id;
end;

comment on function api.my_tasks() is 'Open tasks that the caller, as assignee, member of a role assigned, or deputy, may complete; outcomes are the ways in which each can end.';

grant execute on function api.my_tasks() to public;
