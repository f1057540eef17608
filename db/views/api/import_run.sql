-- Runs of imports that the reader has started, or whose log a role of his may view.
--
-- Read with the owner's rights; current_user is whoever reads.
-- requires: access.my_right batch.import_run_status

create or replace view api.import_run
with (security_barrier = true) as
select
  s.run,
  s.import,
  s.file,
  s.state,
  s.phase,
  s.done,
  s.total,
  s.rows,
  s.inserted,
  s.updated,
  s.unchanged,
  s.deleted_before,
  s.deleted_missing,
  s.ignored,
  s.errors,
  s.error,
  s.notes,
  s.account,
  s.created,
  s.started,
  s.ended
from batch.import_run_status as s
where s.account = current_user
  or exists (select from access.my_right as r where r.kind = 'import' and r.operation = 'view_log' and r.object = s.import);

comment on view api.import_run is 'State, progress and counters of the imports that one has started or may view.';

grant select on api.import_run to public;
