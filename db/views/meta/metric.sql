-- Metrics of API views: how many are not what their definition says.
--
-- Stamps are compared, not columns, as a renewal does.
-- requires: meta.api_view_states

create or replace view meta.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_views', 'gauge', 'API views by state: current, stale, missing, altered, orphaned.')
),

sample (name, labels, value) as (
  select 'pgears_views', jsonb_build_object('state', s.state), count(v.state)::double precision
  from unnest(array['current', 'stale', 'missing', 'altered', 'orphaned']) as s (state)
  left join meta.api_view_states(null, false) as v using (state)
  group by s.state
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view meta.metric is 'Metrics of API views: how many are stale, missing, altered or orphaned.';

grant select on meta.metric to pgears_admin, pgears_runner;
