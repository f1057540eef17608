-- Start a workflow in the caller's transaction: its first step is a task of the queue.
--
-- The settings are for plans made while the tables were small, as in flow.begin_turn().

create or replace function flow.start_instance(
  p_workflow bigint,
  p_class bigint default null,
  p_record bigint default null,
  p_variables jsonb default '{}',
  p_key text default null,
  p_parent_branch bigint default null,
  p_starter text default null
)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_workflow record;
  v_id bigint;
  v_branch bigint;
begin
  select w.*, m.code || '.' || w.code as name, v.steps into strict v_workflow
  from flow.workflow as w
  inner join meta.model as m on w.model_id = m.id
  inner join flow.workflow_version as v on w.id = v.workflow_id and w.version = v.version
  where w.id = p_workflow;

  if not v_workflow.enabled then
    raise exception 'workflow % is switched off', v_workflow.name
      using errcode = 'PG503', hint = 'Enable it in its model file.';
  elsif v_workflow.class_id is not null and v_workflow.class_id <> p_class
    and not exists (select from meta.ancestry as a where a.class_id = p_class and a.ancestor_id = v_workflow.class_id)
  then
    raise exception 'workflow % is not about rows of %', v_workflow.name, meta.class_path(p_class)
      using errcode = 'PG512', hint = 'Start it for a row of its own class.';
  end if;

  insert into flow.instance (workflow_id, version, class_id, record_id, variables, key, parent_branch_id, depth, starter, started)
  values (
    p_workflow, v_workflow.version, case when p_record is not null then coalesce(p_class, v_workflow.class_id) end, p_record,
    coalesce(v_workflow.definition -> 'variables', '{}') || coalesce(p_variables, '{}'),
    p_key, p_parent_branch, coalesce(nullif(current_setting('pgears.rule_depth', true), ''), '0')::integer,
    coalesce(p_starter, access.current_account()), core.now()
  )
  on conflict (workflow_id, key) where key is not null do nothing
  returning id into v_id;

  if v_id is null then
    return (select i.id from flow.instance as i where i.workflow_id = p_workflow and i.key = p_key);
  end if;

  insert into flow.branch (instance_id, step, since)
  values (v_id, (select s.key from jsonb_each(v_workflow.steps) as s where s.value ->> 'kind' = 'start'), core.now())
  returning id into v_branch;

  perform flow.enqueue_branch(v_branch, 1);
  return v_id;
end;
$$;

comment on function flow.start_instance(bigint, bigint, bigint, jsonb, text, bigint, text) is
'Start a workflow and give the id of the instance; with a key that is known, of the one there is. Raises PG503, PG512.';

revoke all on function flow.start_instance(bigint, bigint, bigint, jsonb, text, bigint, text) from public;
