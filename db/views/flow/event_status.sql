-- Events: kept for one who will wait, or taken.
-- requires: core.now

create or replace view flow.event_status as
select
  e.id,
  e.code,
  e.scope,
  e.scope_id,
  e.raised,
  case when e.taken is not null then 'taken' when e.keep_until > core.now() then 'kept' else 'expired' end as state,
  e.keep_until,
  e.taken,
  e.woken,
  e.payload,
  e.door
from flow.event as e;

comment on view flow.event_status is 'Events with what became of them.';

grant select on flow.event_status to pgears_admin, pgears_runner;
