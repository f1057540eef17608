-- Open branches of instances that whoever reads may view.
-- requires: flow.my_instance

create or replace view flow.my_branch
with (security_barrier = true) as
select
  b.id,
  b.instance_id as instance,
  b.step,
  b.waits_for,
  b.until,
  b.event_code as event,
  b.attempts
from flow.branch as b
where exists (select from flow.my_instance as i where i.id = b.instance_id);

comment on view flow.my_branch is 'Where the instances stand on whose workflow the current account has the right "view".';

grant select on flow.my_branch to public;
