-- Let a paused instance, or one that failed, go on where it stands.
-- requires: flow.lock_instance

create or replace function flow.resume_instance(p_instance bigint, p_step text default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing instances to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_instance constant flow.instance := flow.lock_instance(p_instance, '{3, 6}', 'resumed');
begin
  if p_step is not null then
    if not exists (
      select from flow.workflow_version as v
      where v.workflow_id = v_instance.workflow_id and v.version = v_instance.version and v.steps ? p_step
    ) then
      raise exception 'version % has no step "%"', v_instance.version, p_step
        using errcode = 'PG511', hint = '"pgears workflow show" draws its steps.';
    end if;

    update flow.branch as b
    set step = p_step, woken = false, late = false, result = null
    where b.instance_id = p_instance and b.waits_for is null;
  end if;

  update flow.instance as i set state = 0, error = null where i.id = p_instance;

  update flow.branch as b
  set turn = b.turn + 1, attempts = 0
  where b.instance_id = p_instance and b.waits_for is null;

  perform flow.enqueue_branch(b.id, b.turn)
  from flow.branch as b
  where b.instance_id = p_instance and b.waits_for is null;
end;
$$;

comment on function flow.resume_instance(bigint, text) is
'Let a paused or failed instance go on, with p_step from another step of its version. Raises PG511, PG513, PG514.';

revoke all on function flow.resume_instance(bigint, text) from public;
grant execute on function flow.resume_instance(bigint, text) to pgears_admin, pgears_runner;
