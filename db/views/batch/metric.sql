-- Metrics of imports and exports: what runs, what failed lately (import_run_failed_idx and its like).
-- requires: core.now

create or replace view batch.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_import_runs', 'gauge', 'Imports that wait or run, by import and state.'),
  ('pgears_import_runs_failed_last_day', 'gauge', 'Imports of the last 24 hours that were refused, failed or broke, by import.'),
  ('pgears_export_runs', 'gauge', 'Exports that wait or run, by export and state.'),
  ('pgears_export_runs_failed_last_day', 'gauge', 'Exports of the last 24 hours that failed or broke, by export.')
),

sample (name, labels, value) as (
  select 'pgears_import_runs', jsonb_build_object('import', m.code || '.' || i.code, 'state', r.state), count(*)::double precision
  from batch.import_run as r
  inner join batch.import as i on r.import_id = i.id
  inner join meta.model as m on i.model_id = m.id
  where r.state in ('waiting', 'running')
  group by m.code, i.code, r.state
  union all
  select 'pgears_import_runs_failed_last_day', jsonb_build_object('import', m.code || '.' || i.code), count(*)
  from batch.import_run as r
  inner join batch.import as i on r.import_id = i.id
  inner join meta.model as m on i.model_id = m.id
  where r.state in ('refused', 'failed', 'broken') and r.created > core.now() - interval '1 day'
  group by m.code, i.code
  union all
  select 'pgears_export_runs', jsonb_build_object('export', m.code || '.' || e.code, 'state', r.state), count(*)
  from batch.export_run as r
  inner join batch.export as e on r.export_id = e.id
  inner join meta.model as m on e.model_id = m.id
  where r.state in ('waiting', 'running')
  group by m.code, e.code, r.state
  union all
  select 'pgears_export_runs_failed_last_day', jsonb_build_object('export', m.code || '.' || e.code), count(*)
  from batch.export_run as r
  inner join batch.export as e on r.export_id = e.id
  inner join meta.model as m on e.model_id = m.id
  where r.state in ('failed', 'broken') and r.created > core.now() - interval '1 day'
  group by m.code, e.code
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view batch.metric is 'Metrics of imports and exports: running ones, and those that failed in the last 24 hours.';

grant select on batch.metric to pgears_admin, pgears_runner;
