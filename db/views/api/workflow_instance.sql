-- Public: instances of workflows that whoever reads may view; api.workflow_log has their steps.
-- requires: flow.my_instance

create or replace view api.workflow_instance
with (security_barrier = true) as
select
  i.id,
  i.workflow,
  i.version,
  i.name as state,
  i.class,
  i.record,
  i.started,
  i.ended,
  i.error,
  i.open
from flow.my_instance as i;

comment on view api.workflow_instance is 'Instances of workflows on which the current account has the right "view"; open has the steps at which they stand.';

grant select on api.workflow_instance to public;
