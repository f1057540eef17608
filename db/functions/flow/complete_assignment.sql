-- A person has done a task; the workflow goes on.
--
-- The assignee, a member of the role assigned, a deputy, or an administrator may.
-- requires: flow.wake_branch

create or replace function flow.complete_assignment(p_id bigint, p_outcome text default 'done', p_variables jsonb default '{}')
returns void
language plpgsql
volatile
security definer  -- lends: waking workflows to the person assigned
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account constant text := access.current_account();
  v_assignment flow.assignment;
  v_outcomes jsonb;
begin
  -- The instance first, as everywhere.
  perform from flow.instance as i
  inner join flow.assignment as a on i.id = a.instance_id
  where a.id = p_id
  for update of i;
  select a.* into v_assignment from flow.assignment as a where a.id = p_id for update;

  if not found or v_assignment.state <> 'open' then
    raise exception 'task % is not open', p_id
      using errcode = 'PG518', hint = 'api.my_tasks() lists the open tasks.';
  elsif not exists (
    select
    from unnest(v_assignment.deputies || array[v_assignment.assignee, 'pgears_admin']) as n (name)
    left join pg_roles as r on n.name = r.rolname
    where n.name = v_account or pg_has_role(v_account, r.oid, 'member')
  ) then
    raise exception 'task % is assigned to %', p_id, v_assignment.assignee
      using errcode = 'PG515', hint = 'The assignee, a member of the role assigned or a deputy completes it.';
  end if;

  select v.steps -> coalesce(b.step, '') -> 'outcomes' into v_outcomes
  from flow.branch as b
  inner join flow.instance as i on b.instance_id = i.id
  inner join flow.workflow_version as v on i.workflow_id = v.workflow_id and i.version = v.version
  where b.id = v_assignment.branch_id;

  if v_outcomes is not null and not v_outcomes ? coalesce(p_outcome, '') then
    raise exception 'task % cannot end as "%"', p_id, p_outcome
      using errcode = 'PG519', hint = 'Outcomes: ' || (select string_agg(o.key, ', ' order by o.key) from jsonb_object_keys(v_outcomes) as o (key)) || '.';
  end if;

  update flow.assignment as a
  set state = 'completed', outcome = p_outcome, completed = core.now(), completed_by = v_account
  where a.id = p_id;

  perform flow.wake_branch(
    v_assignment.branch_id, jsonb_build_object('outcome', p_outcome, 'variables', coalesce(p_variables, '{}'), 'by', v_account)
  );
end;
$$;

comment on function flow.complete_assignment(bigint, text, jsonb) is 'Complete a task of a workflow. Raises PG515, PG518, PG519.';

revoke all on function flow.complete_assignment(bigint, text, jsonb) from public;
grant execute on function flow.complete_assignment(bigint, text, jsonb) to pgears_admin, pgears_runner;
