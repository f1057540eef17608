-- Public: open tasks of workflows that the caller may complete.
-- requires: access.current_account

create or replace function api.my_tasks()
returns table (id bigint, subject text, workflow text, instance bigint, record bigint, assignee text, deadline timestamptz, created timestamptz)
language sql
stable
security definer  -- lends: reading the tasks that are the caller's
begin atomic
  select a.id, a.subject, m.code || '.' || w.code, i.id, i.record_id, a.assignee, a.deadline, a.created
  from flow.assignment as a
  inner join flow.instance as i on a.instance_id = i.id
  inner join flow.workflow as w on i.workflow_id = w.id
  inner join meta.model as m on w.model_id = m.id
  where a.state = 'open' and exists (
    select
    from unnest(a.deputies || array[a.assignee]) as n (name)
    left join pg_roles as r on n.name = r.rolname
    where n.name = access.current_account() or pg_has_role(access.current_account(), r.oid, 'member')
  )
  order by a.deadline nulls last, a.id;
end;

comment on function api.my_tasks() is 'Open tasks that the caller, as assignee, member of a role assigned, or deputy, may complete.';

revoke all on function api.my_tasks() from public;
grant execute on function api.my_tasks() to pgears_admin, pgears_runner;
