-- Checks of API views: those that are not what their definition says.
-- requires: meta.api_view_states

create or replace view meta.finding
as
with sample (name, state, found, mend) as (
  select
    'API views',
    case v.state when 'missing' then 'wrong' else 'doubtful' end,
    format('%s %s %s, such as %s', count(*), case count(*) when 1 then 'is' else 'are' end, v.state, min(v.name)),
    case v.state when 'orphaned' then 'pgears views drop' else 'pgears views update' end
  from meta.api_view_states(null, false) as v
  where v.state <> 'current'
  group by v.state
)

select d.name, s.state, s.found, s.mend
from (values ('API views')) as d (name)
left join sample as s using (name);

comment on view meta.finding is 'Checks of API views: stale, missing, altered, orphaned.';

grant select on meta.finding to pgears_admin, pgears_runner;
