-- Checks of synchronisations: those whose last run went wrong.
-- requires: sync.definition_status

create or replace view sync.finding
as
with sample (name, state, found, mend) as (
  select
    'failed synchronisations',
    'doubtful',
    format('the last run of %s %s: %s', s.sync, s.last_state, left(s.last_error, 200)),
    format('pgears sync %s', s.sync)
  from sync.definition_status as s
  where s.enabled and s.last_state in ('refused', 'failed')
)

select d.name, s.state, s.found, s.mend
from (values ('failed synchronisations')) as d (name)
left join sample as s using (name);

comment on view sync.finding is 'Checks of synchronisations: those whose last run went wrong.';

grant select on sync.finding to pgears_admin, pgears_runner;
