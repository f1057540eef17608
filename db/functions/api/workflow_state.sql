-- Public: how an instance stands.
-- requires: flow.state_name
-- requires: meta.class_path

create or replace function api.workflow_state(id bigint)
returns jsonb
language sql
stable
security definer  -- lends: reading instances to administrators and the service
begin atomic
  select
    jsonb_build_object(
      'id', i.id,
      'workflow', m.code || '.' || w.code,
      'version', i.version,
      'state', i.state,
      'name', flow.state_name(i.state),
      'class', meta.class_path(i.class_id),
      'record', i.record_id,
      'variables', i.variables,
      'started', i.started,
      'ended', i.ended,
      'error', i.error,
      'open', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'step', b.step, 'waits_for', b.waits_for, 'until', b.until, 'event', b.event_code, 'attempts', b.attempts
        ) order by b.id), '[]')
        from flow.branch as b
        where b.instance_id = i.id
      )
    )
  from flow.instance as i
  inner join flow.workflow as w on i.workflow_id = w.id
  inner join meta.model as m on w.model_id = m.id
  where i.id = workflow_state.id;
end;

comment on function api.workflow_state(bigint) is 'State (0 running, 1 finished, 2 cancelled, 3 failed, 6 paused), variables and open branches of an instance; null when there is none.';

revoke all on function api.workflow_state(bigint) from public;
grant execute on function api.workflow_state(bigint) to pgears_admin, pgears_runner;
