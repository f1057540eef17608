-- Rows of files that did not go in.

create or replace view batch.import_error_list as
select
  e.run_id as run,
  e.record,
  e.line,
  e.column_code as "column",
  e.value,
  e.reason
from batch.import_error as e;

comment on view batch.import_error_list is 'Rows in error: run, record, line of the file, column, value, reason.';

grant select on batch.import_error_list to pgears_admin, pgears_runner;
