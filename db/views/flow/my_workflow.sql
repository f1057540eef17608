-- Workflows that whoever reads may view: the one place that says who that is.
--
-- For the views above it, which show versions, instances and steps to everybody, and for the
-- policy of flow.instance. Read with the owner's rights; current_user is the account that the
-- statement runs for.
-- requires: access.my_right

create or replace view flow.my_workflow
with (security_barrier = true) as
select
  w.id,
  m.code || '.' || w.code as workflow,
  w.version,
  w.enabled,
  w.class_id
from flow.workflow as w
inner join meta.model as m on w.model_id = m.id
where pg_has_role(current_user, 'pgears_admin', 'usage') or pg_has_role(current_user, 'pgears_runner', 'usage')
  or exists (
    select
    from access.my_right as r
    where r.kind = 'workflow' and r.operation = 'view' and r.object = m.code || '.' || w.code
  );

comment on view flow.my_workflow is 'Workflows on which the current account has the right "view".';

grant select on flow.my_workflow to public;
