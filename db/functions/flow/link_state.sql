-- What a link would do or has done, for who holds its token.
-- requires: core.now flow.is_service flow.may_complete meta.class_path

create or replace function flow.link_state(p_link flow.link)
returns jsonb
language sql
stable
begin atomic
  select
    jsonb_strip_nulls(jsonb_build_object(
      'state',
      case
        when (p_link).used is not null then 'used'
        when a.state in ('completed', 'late', 'cancelled') then 'over'
        -- Given to somebody else since, or the account is suspended.
        when a.id is not null and not flow.may_complete((p_link).account, a.assignee, a.deputies) and not flow.is_service((p_link).account)
          then 'over'
        when (p_link).expires <= core.now() then 'expired'
        else 'open'
      end,
      'operation', (p_link).operation,
      'object', (p_link).object,
      'account', (p_link).account,
      'subject', a.subject,
      'outcomes', (
        select jsonb_agg(o.key order by o.key)
        from flow.instance as i
        inner join flow.workflow_version as v on i.workflow_id = v.workflow_id and i.version = v.version
        cross join lateral jsonb_object_keys(v.steps -> a.step -> 'outcomes') as o (key)
        where i.id = a.instance_id
      ),
      'task', a.id,
      'task_state', a.state,
      'task_assignee', a.assignee,
      'task_outcome', a.outcome,
      'task_completed', a.completed,
      'task_completed_by', a.completed_by,
      'class', meta.class_path((p_link).class_id),
      'record', (p_link).record_id,
      'expires', (p_link).expires,
      'used', (p_link).used,
      'choice', (p_link).choice,
      'result', (p_link).result
    ))
  from (select) as one
  left join flow.assignment as a on a.id = (p_link).assignment_id;
end;

comment on function flow.link_state(flow.link) is 'State of a link (open, used, over, expired), what it does, and what happened when it was used.';

revoke all on function flow.link_state(flow.link) from public;
