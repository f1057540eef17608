-- Public: rows in error of the runs of imports that whoever reads may view.
-- requires: api.import_run batch.import_error_list

create or replace view api.import_error
with (security_barrier = true) as
select
  e.run,
  e.record,
  e.line,
  e."column",
  e.value,
  e.reason
from batch.import_error_list as e
where exists (select from api.import_run as r where r.run = e.run);

comment on view api.import_error is 'Rows that did not go in: line of the file, column, value and reason, of the imports that one has started or may view.';

grant select on api.import_error to public;
