-- Runs of exports that the reader has started, or whose log a role of his may view.
--
-- Read with the owner's rights; current_user is whoever reads.
-- requires: access.my_right batch.export_run_status

create or replace view api.export_run
with (security_barrier = true) as
select
  s.run,
  s.export,
  s.state,
  s.done,
  s.rows,
  s.size,
  s.file,
  s.error,
  s.account,
  s.created,
  s.started,
  s.ended
from batch.export_run_status as s
where s.account = current_user
  or exists (select from access.my_right as r where r.kind = 'export' and r.operation = 'view_log' and r.object = s.export);

comment on view api.export_run is 'State, rows and file of the exports that one has started or may view.';

grant select on api.export_run to public;
