-- A person has done a task; the workflow goes on.
--
-- The script after the task runs here, so that the person sees what it refuses.
-- requires: flow.lock_assignment flow.wake_branch

create or replace function flow.complete_assignment(p_account text, p_id bigint, p_outcome text default 'done', p_variables jsonb default '{}')
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assignment constant flow.assignment := flow.lock_assignment(p_account, p_id);
  v_source constant text := core.source();
  v_variables jsonb := coalesce(p_variables, '{}');
  v_instance flow.instance;
  v_step jsonb;
  v_result jsonb;
begin
  select i.* into v_instance from flow.instance as i where i.id = v_assignment.instance_id;

  select v.compiled -> b.step into v_step
  from flow.branch as b
  inner join flow.workflow_version as v on v.workflow_id = v_instance.workflow_id and v.version = v_instance.version
  where b.id = v_assignment.branch_id;

  if v_step ? 'outcomes' and not (v_step -> 'outcomes') ? coalesce(p_outcome, '') then
    raise exception 'task % cannot end as "%"', p_id, p_outcome
      using
        errcode = 'PG519',
        hint = 'Outcomes: ' || (select string_agg(o.key, ', ' order by o.key) from jsonb_object_keys(v_step -> 'outcomes') as o (key)) || '.';
  end if;

  if v_step ? 'after_id' then
    if v_source = 'sql' then
      perform core.set_source('workflow');
    end if;

    v_result := flow.execute_script((v_step ->> 'after_id')::bigint, jsonb_build_object(
      'account', p_account, 'instance', v_instance.id, 'step', v_assignment.step, 'variables', v_instance.variables || v_variables,
      'parameters', jsonb_build_object('outcome', p_outcome, 'by', p_account, 'task', p_id),
      'class', meta.class_path(v_instance.class_id), 'record', flow.record_of(v_instance.class_id, v_instance.record_id)
    ));
    v_variables := v_variables || case when jsonb_typeof(v_result -> 'variables') = 'object' then v_result -> 'variables' else '{}' end;

    if v_source = 'sql' then
      perform core.set_source('sql');
    end if;
  end if;

  update flow.assignment as a
  set state = 'completed', outcome = p_outcome, completed = core.now(), completed_by = p_account
  where a.id = p_id;

  perform flow.wake_branch(
    v_assignment.branch_id, jsonb_build_object('outcome', p_outcome, 'variables', v_variables, 'by', p_account)
  );
end;
$$;

comment on function flow.complete_assignment(text, bigint, text, jsonb) is
'Complete a task for an account with an outcome and variables to keep. Raises PG515 for whom it is not, PG518, PG519, and what the script after it raises.';

revoke all on function flow.complete_assignment(text, bigint, text, jsonb) from public;
