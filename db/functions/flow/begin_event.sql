-- Step "event": take an event that was raised early, else wait. Gives its payload, null to wait.
--
-- Under the lock of the event, so one raised meanwhile is either found here or finds us.

create or replace function flow.begin_event(p_instance flow.instance, p_branch flow.branch, p_step jsonb, p_class bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code constant text := flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'event') #>> '{}';
  v_scope constant text := coalesce(p_step ->> 'scope', 'global');
  v_scope_id constant bigint := case v_scope when 'instance' then p_instance.id when 'workflow' then p_instance.workflow_id else 0 end;
  v_payload jsonb;
begin
  perform flow.lock_event(v_scope, v_scope_id, v_code);

  update flow.event as e
  set taken = core.now(), woken = 1
  where e.scope = v_scope and e.scope_id = v_scope_id and e.code = v_code and e.taken is null and e.keep_until > core.now()
  returning e.payload into v_payload;

  if not found then
    perform flow.wait_branch(p_branch.id, 'event', core.now() + (p_step ->> 'deadline')::interval, v_scope, v_scope_id, v_code);
  end if;

  return v_payload;
end;
$$;

comment on function flow.begin_event(flow.instance, flow.branch, jsonb, bigint) is 'Payload of an early event; null when the branch waits now.';

revoke all on function flow.begin_event(flow.instance, flow.branch, jsonb, bigint) from public;
