-- Move an open instance to another version of its workflow; p_mapping names steps that are called otherwise there.
-- requires: flow.lock_instance

create or replace function flow.move_instance(p_instance bigint, p_version integer, p_mapping jsonb default '{}')
returns void
language plpgsql
volatile
security definer  -- lends: writing instances to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_instance constant flow.instance := flow.lock_instance(p_instance, '{0, 3, 6}', 'moved');
  v_former jsonb;
  v_steps jsonb;
  v_step text;
begin
  select v.steps into v_steps from flow.workflow_version as v where v.workflow_id = v_instance.workflow_id and v.version = p_version;
  select v.steps into v_former from flow.workflow_version as v where v.workflow_id = v_instance.workflow_id and v.version = v_instance.version;

  if v_steps is null then
    raise exception 'the workflow has no version %', p_version
      using errcode = 'PG510', hint = '"pgears workflow list" shows the versions.';
  end if;

  select min(b.step) into v_step
  from flow.branch as b
  cross join lateral (select coalesce(p_mapping ->> b.step, b.step) as step) as n
  where b.instance_id = p_instance
    and (not v_steps ? n.step or b.waits_for is not null and v_steps -> n.step -> 'kind' <> v_former -> b.step -> 'kind');

  if v_step is not null then
    raise exception 'version % has no step for "%"', p_version, v_step
      using errcode = 'PG511', hint = 'Map it to a step that exists there; one that waits goes to a step of its kind.';
  end if;

  insert into flow.step_log (instance_id, branch_id, step, outcome, next, at, detail)
  select b.instance_id, b.id, b.step, 'moved', coalesce(p_mapping ->> b.step, b.step), core.now(), format('version %s to %s', v_instance.version, p_version)
  from flow.branch as b
  where b.instance_id = p_instance
  order by b.id;

  update flow.branch as b
  set step = coalesce(p_mapping ->> b.step, b.step)
  where b.instance_id = p_instance;
  update flow.instance as i set version = p_version where i.id = p_instance;
end;
$$;

comment on function flow.move_instance(bigint, integer, jsonb) is
'Move an instance to another version; p_mapping has new steps by former ones. Raises PG510, PG511, PG513, PG514.';

revoke all on function flow.move_instance(bigint, integer, jsonb) from public;
grant execute on function flow.move_instance(bigint, integer, jsonb) to pgears_admin;
