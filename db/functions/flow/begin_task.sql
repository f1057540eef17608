-- Step "task": give a person a task and wait for it.
-- requires: flow.person flow.notify_task

create or replace function flow.begin_task(p_instance flow.instance, p_branch flow.branch, p_step jsonb, p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignee constant text := flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'assignee') #>> '{}';
  v_deadline constant timestamptz := core.now() + (p_step ->> 'deadline')::interval;
  v_assignment bigint;
begin
  if coalesce(v_assignee, '') = '' then
    raise exception 'the task "%" has nobody to do it', p_branch.step
      using errcode = 'PG515', hint = 'Its assignee is empty for this instance.';
  end if;

  insert into flow.assignment (instance_id, branch_id, step, subject, assignee, deputies, deadline, created)
  values (
    p_instance.id, p_branch.id, p_branch.step,
    coalesce(flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'subject') #>> '{}', p_branch.step),
    coalesce(flow.person(v_assignee), v_assignee),
    array(select coalesce(flow.person(d.name), d.name) from jsonb_array_elements_text(coalesce(p_step -> 'deputies', '[]')) as d (name)),
    v_deadline, core.now()
  )
  returning id into v_assignment;

  if p_step ? 'notification_id' then
    perform flow.notify_task(v_assignment, (p_step ->> 'notification_id')::bigint);
  end if;

  perform flow.wait_branch(p_branch.id, 'person', case when p_step ? 'on_deadline' then v_deadline end);
end;
$$;

comment on function flow.begin_task(flow.instance, flow.branch, jsonb, bigint) is 'Make the assignment of a step and let the branch wait. Raises PG515.';

revoke all on function flow.begin_task(flow.instance, flow.branch, jsonb, bigint) from public;
