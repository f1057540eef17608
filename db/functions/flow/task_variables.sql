-- Variables of the notification about a task: {{task.subject}}, {{task.link}} and the like.
--
-- A link is made only for a notification that has a place for it.
-- requires: flow.make_link flow.link_address flow.compile_notification

create or replace function flow.task_variables(p_assignment bigint, p_notification bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignment flow.assignment;
  v_token text;
begin
  select a.* into strict v_assignment from flow.assignment as a where a.id = p_assignment;

  if (select coalesce(n.send_sql, flow.compile_notification(n.id)) like '%''task.link''%' from flow.notification as n where n.id = p_notification) then
    v_token := flow.make_link(
      v_assignment.assignee, 'complete_task', null, jsonb_build_object('id', p_assignment),
      coalesce(greatest(least(v_assignment.deadline - core.now(), '1 year'), '1 minute'), '30 days')
    );
  end if;

  return jsonb_build_object(
    'task.id', v_assignment.id, 'task.subject', v_assignment.subject,
    'task.assignee', coalesce(
      (select coalesce(c.full_name, c.login) from access.account as c where c.login = v_assignment.assignee), v_assignment.assignee
    ),
    'task.address', (
      select string_agg(c.email, '; ' order by c.login)
      from access.account as c
      where c.enabled and c.email <> '' and (c.login = v_assignment.assignee or access.belongs(c.login, v_assignment.assignee))
    ),
    'task.deadline', coalesce(to_char(v_assignment.deadline, 'YYYY-MM-DD HH24:MI'), '')
  ) || case when v_token is null then '{}' else jsonb_build_object('task.link', flow.link_address(v_token)) end;
end;
$$;

comment on function flow.task_variables(bigint, bigint) is 'What a notification shows of a task; with a link that completes it, if the texts have a place for one.';

revoke all on function flow.task_variables(bigint, bigint) from public;
