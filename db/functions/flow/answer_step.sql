-- Task "workflow.answer": the call that a step waits for is over, so the branch goes on.
--
-- A call in state unknown lets it wait on, for the person who finds out, unless the step has
-- a way for that. The instance is locked first, as everywhere.
-- requires: flow.wake_branch

create or replace function flow.answer_step(p_payload jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: waking workflows to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step jsonb;
  v_branch flow.branch;
begin
  perform from flow.instance as i
  inner join flow.branch as b on i.id = b.instance_id
  where b.id = (p_payload ->> 'branch')::bigint
  for update of i;

  select b.* into v_branch
  from flow.branch as b
  where b.id = (p_payload ->> 'branch')::bigint and b.waits_for = 'answer' and b.scope_id = (p_payload ->> 'call')::bigint
  for update;
  if not found then
    return;
  end if;

  select v.compiled -> v_branch.step into v_step
  from flow.instance as i
  inner join flow.workflow_version as v on i.workflow_id = v.workflow_id and i.version = v.version
  where i.id = v_branch.instance_id;

  if p_payload ->> 'state' <> 'unknown' or v_step -> 'outcomes' ? 'unknown' then
    perform flow.wake_branch(v_branch.id, jsonb_build_object('call', p_payload -> 'call'));
  end if;
end;
$$;

comment on function flow.answer_step(jsonb) is 'Wake the "branch" that waits for a "call"; does nothing when it waits no more.';

revoke all on function flow.answer_step(jsonb) from public;
