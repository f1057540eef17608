-- Checks of imports and exports: those whose last run went wrong.
-- requires: batch.import_status batch.export_status

create or replace view batch.finding
as
with definition (name) as (
  values ('failed imports'), ('failed exports')
),

sample (name, state, found, mend) as (
  select
    'failed imports',
    'doubtful',
    format('the last run of %s (%s) was %s', i.import, i.last_run, i.last_state),
    format('Correct the rows that batch.import_error_list shows for run %s, and import the file again.', i.last_run)
  from batch.import_status as i
  where i.enabled and i.last_state in ('refused', 'failed', 'broken')
  union all
  select
    'failed exports',
    'doubtful',
    format('the last run of %s (%s) was %s', e.export, e.last_run, e.last_state),
    format('pgears export %s', e.export)
  from batch.export_status as e
  where e.enabled and e.last_state in ('failed', 'broken')
)

select d.name, s.state, s.found, s.mend
from definition as d
left join sample as s using (name);

comment on view batch.finding is 'Checks of imports and exports: those whose last run went wrong.';

grant select on batch.finding to pgears_admin, pgears_runner;
