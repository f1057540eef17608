-- Log of the steps of instances that whoever reads may view.
-- requires: flow.my_instance

create or replace view flow.my_step
with (security_barrier = true) as
select
  l.id,
  l.instance_id as instance,
  l.step,
  l.outcome,
  l.next,
  l.at,
  l.detail
from flow.step_log as l
where exists (select from flow.my_instance as i where i.id = l.instance_id);

comment on view flow.my_step is 'Steps of instances on whose workflow the current account has the right "view".';

grant select on flow.my_step to public;
