-- Lock an open task and its instance, the instance first as everywhere; refuse whose task it is not.
--
-- Administrators and the service may do what the assignee may.
-- requires: flow.is_service flow.may_complete

create or replace function flow.lock_assignment(p_account text, p_id bigint)
returns flow.assignment
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignment flow.assignment;
begin
  perform from flow.instance as i
  inner join flow.assignment as a on i.id = a.instance_id
  where a.id = p_id
  for update of i;
  select a.* into v_assignment from flow.assignment as a where a.id = p_id for update;

  if not found or v_assignment.state <> 'open' then
    raise exception 'task % is not open', p_id
      using errcode = 'PG518', hint = 'api.my_tasks() lists the open tasks.';
  elsif not flow.may_complete(p_account, v_assignment.assignee, v_assignment.deputies) and not flow.is_service(p_account) then
    raise exception 'task % is not a task of %', p_id, p_account
      using errcode = 'PG515', hint = 'The assignee, a member of the role assigned or a deputy completes it.';
  end if;

  return v_assignment;
end;
$$;

comment on function flow.lock_assignment(text, bigint) is 'An open task, locked with its instance. Raises PG515 for whose task it is not, PG518.';

revoke all on function flow.lock_assignment(text, bigint) from public;
