-- The log of instances, as people and programs read it.

create or replace view flow.step_history as
select
  l.id,
  l.instance_id as instance,
  l.branch_id as branch,
  l.step,
  l.outcome,
  l.next,
  l.at,
  l.detail
from flow.step_log as l;

comment on view flow.step_history is 'What became of each step of each instance, in order of id.';

grant select on flow.step_history to pgears_admin, pgears_runner;
