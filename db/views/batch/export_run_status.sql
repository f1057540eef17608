-- Runs of exports, and how far those are that run.

create or replace view batch.export_run_status as
select
  r.id as run,
  m.code || '.' || e.code as export,
  r.state,
  p.done,
  r.rows_written as rows,
  r.size,
  r.path,
  r.file_id as file,
  r.error,
  r.account,
  r.cause,
  r.created,
  r.started,
  r.ended
from batch.export_run as r
inner join batch.export as e on r.export_id = e.id
inner join meta.model as m on e.model_id = m.id
left join batch.progress as p on p.kind = 'export' and r.id = p.run_id;

comment on view batch.export_run_status is 'Runs of exports: state, progress, rows, where the file is, times.';

grant select on batch.export_run_status to pgears_admin, pgears_runner;
