-- Public: read from a peer now.
-- requires: replica.request

create or replace function api.replicate(code text)
returns bigint
language sql
volatile
begin atomic
  select replica.request(code);
end;

comment on function api.replicate(text) is 'Have a runner read a subscription until nothing is left; gives the number of the task. Raises PG106.';

revoke all on function api.replicate(text) from public, pgears_runner;
grant execute on function api.replicate(text) to pgears_admin;
