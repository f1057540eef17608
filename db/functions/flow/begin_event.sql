-- Step "event": take an event that was raised early, else wait. Gives its payload, null to wait.
--
-- Under the lock of the event, so one raised meanwhile is either found here or finds us.
-- The settings are for plans made while the tables were small, as in flow.begin_turn().

create or replace function flow.begin_event(p_instance flow.instance, p_branch flow.branch, p_step jsonb, p_class bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_code constant text := flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'event') #>> '{}';
  v_scope constant text := coalesce(p_step ->> 'scope', 'global');
  v_scope_id constant bigint := case v_scope when 'instance' then p_instance.id when 'workflow' then p_instance.workflow_id else 0 end;
  v_doors constant text[] := array(
    select d.name from unnest(array['url', 'web_service']) as d (name) where p_step -> d.name = 'true' order by d.name
  );
  v_payload jsonb;
begin
  perform flow.lock_event(v_scope, v_scope_id, v_code);

  update flow.event as e
  set taken = core.now(), woken = 1
  where e.id = (
    -- At most one a door; min() would tempt the planner to walk all events by id.
    select (array_agg(k.id order by k.id))[1]
    from flow.event as k
    where k.scope = v_scope and k.scope_id = v_scope_id and k.code = v_code and k.taken is null and k.keep_until > core.now()
      and (k.door is null or k.door = any (v_doors))
  )
  returning e.payload into v_payload;

  if not found then
    perform flow.wait_branch(p_branch.id, 'event', core.now() + (p_step ->> 'deadline')::interval, v_scope, v_scope_id, v_code);
    update flow.branch as b set doors = v_doors where b.id = p_branch.id and b.doors <> v_doors;
  end if;

  return v_payload;
end;
$$;

comment on function flow.begin_event(flow.instance, flow.branch, jsonb, bigint) is 'Payload of an early event; null when the branch waits now.';

revoke all on function flow.begin_event(flow.instance, flow.branch, jsonb, bigint) from public;
