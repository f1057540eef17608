-- What instances wait for.

create or replace view flow.waiting as
select
  b.instance_id as instance,
  b.step,
  b.waits_for,
  b.event_code as event,
  b.until,
  b.since
from flow.branch as b
where b.waits_for is not null;

comment on view flow.waiting is 'Branches that wait: for an event, timer, person, answer of a call, workflow or their own branches, and until when.';

grant select on flow.waiting to pgears_admin, pgears_runner;
