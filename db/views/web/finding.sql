-- Checks of the web service.
-- requires: core.web_service

create or replace view web.finding
as
with sample (name, state, found, mend) as (
  select 'web service', 'doubtful', 'switched off: every call is refused', 'pgears web on'
  where not core.web_service()
)

select d.name, s.state, s.found, s.mend
from (values ('web service')) as d (name)
left join sample as s using (name);

comment on view web.finding is 'Checks of the web service: whether it is switched on.';

grant select on web.finding to pgears_admin, pgears_runner;
