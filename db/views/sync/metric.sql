-- Metrics of synchronisations: what runs, what failed lately.
-- requires: core.now

create or replace view sync.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_sync_runs', 'gauge', 'Synchronisations that wait, read or write, by definition and state.'),
  ('pgears_sync_runs_failed_last_day', 'gauge', 'Synchronisations of the last 24 hours that failed or were refused, by definition.')
),

sample (name, labels, value) as (
  select 'pgears_sync_runs', jsonb_build_object('sync', m.code || '.' || d.code, 'state', r.state), count(*)::double precision
  from sync.run as r
  inner join sync.definition as d on r.definition_id = d.id
  inner join meta.model as m on d.model_id = m.id
  where r.state in ('waiting', 'reading', 'writing')
  group by m.code, d.code, r.state
  union all
  select 'pgears_sync_runs_failed_last_day', jsonb_build_object('sync', m.code || '.' || d.code), count(*)
  from sync.run as r
  inner join sync.definition as d on r.definition_id = d.id
  inner join meta.model as m on d.model_id = m.id
  where r.state in ('refused', 'failed') and r.created > core.now() - interval '1 day'
  group by m.code, d.code
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view sync.metric is 'Metrics of synchronisations: running ones, and those that failed in the last 24 hours.';

grant select on sync.metric to pgears_admin, pgears_runner;
