-- Versions of workflows that whoever reads may view, as what is drawn: steps, and ways between them.
--
-- Of a step only kind and name are told: conditions and parameters are their authors' business.
-- requires: flow.my_workflow flow.step_edges

create or replace view api.workflow
with (security_barrier = true) as
select
  w.workflow,
  v.version,
  v.version = w.version as is_current,
  w.enabled,
  cm.code || '.' || c.code as class,
  (
    select jsonb_agg(
      jsonb_build_object('step', s.key, 'kind', s.value ->> 'kind', 'name', coalesce(s.value ->> 'name', s.key)) order by s.key
    )
    from jsonb_each(v.steps) as s
  ) as steps,
  (
    select coalesce(jsonb_agg(jsonb_build_object('step', e.step, 'label', e.label, 'target', e.target)), '[]')
    from flow.step_edges(v.steps) as e
  ) as ways
from flow.my_workflow as w
inner join flow.workflow_version as v on w.id = v.workflow_id
left join meta.class as c on w.class_id = c.id
left join meta.model as cm on c.model_id = cm.id;

comment on view api.workflow is 'Versions of workflows on which the current account has the right "view": steps (step, kind, name) and ways (step, label, target).';

grant select on api.workflow to public;
