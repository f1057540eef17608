-- Public: files that runs keep: what was imported (keep_file), what was exported into the database.
--
-- Who may view a run may have its file, whether or not the rows in it are his to read.
-- requires: api.import_run api.export_run

create or replace view api.run_file
with (security_barrier = true) as
select
  k.kind,
  k.run,
  f.name,
  f.media_type,
  f.size,
  c.content
from (
  select 'import' as kind, r.id as run, r.file_id
  from batch.import_run as r
  where exists (select from api.import_run as i where i.run = r.id)
  union all
  select 'export' as kind, r.id as run, r.file_id
  from batch.export_run as r
  where exists (select from api.export_run as e where e.run = r.id)
) as k
inner join core.file as f on k.file_id = f.id
inner join core.file_content as c on f.sha256 = c.sha256;

comment on view api.run_file is 'Kept files by kind (import, export) and run, of the runs that one has started or may view.';

grant select on api.run_file to public;
