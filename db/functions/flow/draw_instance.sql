-- Mermaid drawing of an instance: its version with the way taken and the steps it stands at.
-- requires: flow.draw_steps

create or replace function flow.draw_instance(p_instance bigint)
returns text
language sql
stable
security definer  -- lends: reading instances to administrators and the service
begin atomic
  select
    flow.draw_steps(
      v.steps,
      (
        select coalesce(jsonb_agg(jsonb_build_array(l.step, coalesce(l.next, b.target))), '[]')
        from flow.step_log as l
        left join lateral (
          select x.target
          from jsonb_array_elements_text(case when v.steps -> l.step ->> 'kind' = 'parallel' and l.outcome = 'waits' then v.steps -> l.step -> 'branches' end) as x (target)
        ) as b on true
        where l.instance_id = i.id and (l.outcome = 'done' or l.outcome = 'failed' and l.next is not null or b.target is not null)
      ),
      array(select b.step from flow.branch as b where b.instance_id = i.id and b.waits_for is distinct from 'branches')
    )
  from flow.instance as i
  inner join flow.workflow_version as v on i.workflow_id = v.workflow_id and i.version = v.version
  where i.id = p_instance;
end;

comment on function flow.draw_instance(bigint) is 'Flowchart of an instance in Mermaid; null when there is none.';

revoke all on function flow.draw_instance(bigint) from public;
grant execute on function flow.draw_instance(bigint) to pgears_admin, pgears_runner;
