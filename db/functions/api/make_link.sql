-- Public: a link that does something once for the caller, such as a button in a mail or on a page.
-- requires: flow.request

create or replace function api.make_link(operation text, object text default null, arguments jsonb default '{}', valid interval default '30 days')
returns text
language sql
volatile
begin atomic
  insert into flow.request (operation, object, arguments)
  values ('make_link', object, jsonb_build_object('operation', operation, 'arguments', arguments, 'valid', valid))
  returning result #>> '{}';
end;

comment on function api.make_link(text, text, jsonb, interval) is
'Token of a link (/link/<token>) that completes a task, runs a script, starts a workflow or job, or raises an event for the caller. Raises PG515, PG518, PG560, PG565.';

grant execute on function api.make_link(text, text, jsonb, interval) to public;
