-- How each API view stands to its definition, for people and for "pgears views status".
-- requires: meta.api_view_states

create or replace view meta.api_view_status as
select
  s.name,
  s.kind,
  s.object,
  s.state,
  s.difference
from meta.api_view_states() as s;

comment on view meta.api_view_status is
'API views that are current, stale, missing, altered by hand, or orphaned, with the columns that renewing would change.';

grant select on meta.api_view_status to pgears_admin, pgears_runner;
