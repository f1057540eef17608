-- Give an open task to somebody else, or other deputies; null leaves what is.
-- requires: flow.lock_assignment flow.notify_task flow.person

create or replace function flow.assign(p_account text, p_id bigint, p_assignee text, p_deputies text[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignment flow.assignment := flow.lock_assignment(p_account, p_id);
  v_former constant text := v_assignment.assignee;
  v_notification bigint;
  v_unknown text;
begin
  v_unknown := (select n.name from unnest(p_deputies || p_assignee) as n (name) where n.name is not null and flow.person(n.name) is null limit 1);

  if v_unknown is not null then
    raise exception 'there is no account or role "%"', v_unknown
      using errcode = 'PG907', hint = 'Name an account by its login, or a role by its code.';
  end if;

  v_assignment.assignee := coalesce(flow.person(p_assignee), v_assignment.assignee);
  v_assignment.deputies := coalesce(
    case when p_deputies is not null then array(select flow.person(d.name) from unnest(p_deputies) as d (name)) end, v_assignment.deputies
  );

  update flow.assignment as a
  set assignee = v_assignment.assignee, deputies = v_assignment.deputies
  where a.id = p_id;

  -- Who has it now learns of it as the first one did.
  if v_assignment.assignee <> v_former then
    v_notification := (
      select (v.compiled -> v_assignment.step ->> 'notification_id')::bigint
      from flow.instance as i
      inner join flow.workflow_version as v on i.workflow_id = v.workflow_id and i.version = v.version
      where i.id = v_assignment.instance_id
    );
    if v_notification is not null then
      perform flow.notify_task(p_id, v_notification);
    end if;
  end if;

  insert into flow.step_log (instance_id, branch_id, step, outcome, at, detail)
  values (
    v_assignment.instance_id, v_assignment.branch_id, v_assignment.step, 'waits', core.now(),
    concat_ws(', deputies ', format('%s gives it to %s', p_account, v_assignment.assignee), nullif(array_to_string(v_assignment.deputies, ' '), ''))
  );
end;
$$;

comment on function flow.assign(text, bigint, text, text[]) is 'Change who is to do an open task. Raises PG515, PG518, PG907.';

revoke all on function flow.assign(text, bigint, text, text[]) from public;
