-- Runs of imports with their counters, and how far those are that run.

create or replace view batch.import_run_status as
select
  r.id as run,
  m.code || '.' || i.code as import,
  r.file_name as file,
  r.state,
  p.phase,
  p.done,
  p.total,
  r.rows_read as rows,
  r.inserted,
  r.updated,
  r.unchanged,
  r.deleted_before,
  r.deleted_missing,
  r.ignored,
  r.errors,
  r.error,
  r.notes,
  r.account,
  r.cause,
  r.size,
  encode(r.checksum, 'hex') as sha256,
  r.created,
  r.started,
  r.ended,
  r.file_id
from batch.import_run as r
inner join batch.import as i on r.import_id = i.id
inner join meta.model as m on i.model_id = m.id
left join batch.progress as p on p.kind = 'import' and r.id = p.run_id;

comment on view batch.import_run_status is 'Runs of imports: file, state, progress, counters, times.';

grant select on batch.import_run_status to pgears_admin, pgears_runner;
