-- Pause, resume, retry or cancel an instance for an account with the right "manage".
-- requires: flow.cancel_instance flow.pause_instance flow.resume_instance

create or replace function flow.manage_instance(p_account text, p_id bigint, p_action text, p_step text)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workflow constant bigint := (select i.workflow_id from flow.instance as i where i.id = p_id);
begin
  if v_workflow is not null then
    perform flow.check_right(p_account, 'workflow', flow.object_name('workflow', v_workflow), 'manage');
  end if;

  case p_action
    when 'pause' then perform flow.pause_instance(p_id);
    when 'resume' then perform flow.resume_instance(p_id);
    when 'retry' then perform flow.resume_instance(p_id, p_step);
    when 'cancel' then perform flow.cancel_instance(p_id, 'cancelled by ' || p_account);
    else
      raise exception 'an instance cannot be told to "%"', p_action
        using errcode = 'PG563', hint = 'Actions: pause, resume, retry, cancel.';
  end case;

  return (select jsonb_build_object('id', i.id, 'state', i.state, 'name', flow.state_name(i.state)) from flow.instance as i where i.id = p_id);
end;
$$;

comment on function flow.manage_instance(text, bigint, text, text) is 'Id and state of an instance after pause, resume, retry or cancel. Raises PG513, PG514, PG560, PG563.';

revoke all on function flow.manage_instance(text, bigint, text, text) from public;
