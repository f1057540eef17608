-- Calls, newest last: state, what the target said, what keeps them.

create or replace view http.call_status as
select
  c.id,
  c.state,
  c.created,
  c.target,
  c.method,
  c.path,
  c.status,
  c.attempts,
  c.error,
  c.key,
  c.attempted,
  c.settled,
  c.duration,
  octet_length(c.body) as body_bytes,
  octet_length(c.response) as response_bytes,
  c.truncated,
  meta.class_path(c.class_id) as class,
  c.row_id,
  c.creator,
  c.correlation
from http.call as c;

comment on view http.call_status is 'Calls to other systems with their state and the error that keeps them.';

grant select on http.call_status to pgears_admin, pgears_runner;
