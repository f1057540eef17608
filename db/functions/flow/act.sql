-- Do an operation for an account, which the caller has made sure of: its right, its locks, the act.
--
-- Two ways lead here: flow.request, whose rows are for the account that inserts them, and links,
-- which are bound to one.
-- requires: flow.check_right flow.check_door flow.complete_assignment flow.assign flow.manage_instance flow.make_link

create or replace function flow.act(p_account text, p_operation text, p_object text, p_arguments jsonb, p_door text default null)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  case p_operation
    when 'run_script' then
      v_id := flow.script_id(p_object);
      perform flow.check_right(p_account, 'script', flow.object_name('script', v_id), 'execute');
      perform flow.check_door('script', v_id, p_door);
      return flow.perform_script(v_id, p_arguments -> 'parameters', coalesce((p_arguments -> 'dry_run')::boolean, false), p_account);

    when 'start_workflow' then
      v_id := flow.workflow_id(p_object);
      perform flow.check_right(p_account, 'workflow', flow.object_name('workflow', v_id), 'start');
      perform flow.check_door('workflow', v_id, p_door);
      return to_jsonb(flow.start_instance(
        v_id, null, (p_arguments ->> 'record')::bigint, nullif(p_arguments -> 'variables', 'null'), p_arguments ->> 'key', null, p_account
      ));

    when 'manage_workflow' then
      return flow.manage_instance(p_account, (p_arguments ->> 'id')::bigint, p_arguments ->> 'action', p_arguments ->> 'step');

    when 'run_job' then
      v_id := flow.job_id(p_object);
      perform flow.check_right(p_account, 'job', flow.object_name('job', v_id), 'start');
      perform flow.check_door('job', v_id, p_door);
      return to_jsonb(flow.run_job(flow.object_name('job', v_id)));

    when 'raise_event' then
      perform flow.check_right(p_account, 'event', p_object, 'raise');
      perform flow.check_door('event', null, p_door);
      return to_jsonb(flow.raise_event(
        p_object, p_arguments ->> 'scope', (p_arguments ->> 'id')::bigint, nullif(p_arguments -> 'payload', 'null'), p_door => p_door
      ));

    when 'complete_task' then
      perform flow.complete_assignment(
        p_account, (p_arguments ->> 'id')::bigint, p_arguments ->> 'outcome', nullif(p_arguments -> 'variables', 'null')
      );
      return null;

    when 'assign_task' then
      perform flow.assign(
        p_account, (p_arguments ->> 'id')::bigint, p_arguments ->> 'assignee',
        case when jsonb_typeof(p_arguments -> 'deputies') = 'array' then
          array(select d.name from jsonb_array_elements_text(p_arguments -> 'deputies') as d (name))
        end
      );
      return null;

    when 'make_link' then
      return to_jsonb(flow.make_link(
        p_account, p_arguments ->> 'operation', p_object, coalesce(nullif(p_arguments -> 'arguments', 'null'), '{}'),
        (p_arguments ->> 'valid')::interval
      ));

    else
      raise exception 'there is no operation "%"', p_operation
        using errcode = 'PG560', hint = 'Call the functions of the schema api.';
  end case;
end;
$$;

comment on function flow.act(text, text, text, jsonb, text) is
'Result of an operation done for an account. Raises PG560 without the right, PG561 and PG562 at a closed door, and what the operation raises.';

revoke all on function flow.act(text, text, text, jsonb, text) from public;
