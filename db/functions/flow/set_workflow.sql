-- Make or change a workflow. Other steps are a new version, once the current one has run.
--
-- Running instances end on their version. The steps are checked and compiled before anything
-- is stored.
-- requires: flow.check_steps flow.compile_steps

create or replace function flow.set_workflow(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing workflows to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_steps constant jsonb := p_definition -> 'steps';
  v_class bigint;
  v_workflow flow.workflow;
  v_compiled jsonb;
begin
  perform meta.check_code(p_code, 'workflow');
  perform meta.check_definition('workflow', p_definition, '$');
  v_class := case when p_definition ? 'class' then meta.find_class(p_model, p_definition ->> 'class') end;
  perform flow.check_steps(v_steps);
  v_compiled := flow.compile_steps(p_model, v_class, v_steps);

  insert into flow.workflow as w (model_id, code, class_id, enabled, definition)
  values (p_model, p_code, v_class, coalesce((p_definition ->> 'enabled')::boolean, true), p_definition - 'steps')
  on conflict (model_id, code) do update
  set class_id = excluded.class_id, enabled = excluded.enabled, definition = excluded.definition
  returning w.* into v_workflow;

  if exists (
    select from flow.workflow_version as v
    where v.workflow_id = v_workflow.id and v.version = v_workflow.version
      and (v.steps <> v_steps or v.compiled <> v_compiled)
      and exists (select from flow.instance as i where i.workflow_id = v.workflow_id and i.version = v.version)
  ) then
    v_workflow.version := (select max(v.version) + 1 from flow.workflow_version as v where v.workflow_id = v_workflow.id);
    update flow.workflow as w set version = v_workflow.version where w.id = v_workflow.id;
  end if;

  insert into flow.workflow_version as v (workflow_id, version, steps, compiled)
  values (v_workflow.id, v_workflow.version, v_steps, v_compiled)
  on conflict (workflow_id, version) do update
  set steps = excluded.steps, compiled = excluded.compiled
  where v.steps <> excluded.steps or v.compiled <> excluded.compiled;

  return v_workflow.id;
end;
$$;

comment on function flow.set_workflow(bigint, text, jsonb) is
'Id of a workflow, made or changed. Keys: name, class, enabled, variables, steps. Raises PG101, PG106, PG110 to PG114, PG119, PG301, PG501, PG511, PG541, PG542.';

revoke all on function flow.set_workflow(bigint, text, jsonb) from public;
grant execute on function flow.set_workflow(bigint, text, jsonb) to pgears_admin;
