-- Public: raise an event that workflows wait for.
-- requires: flow.raise_event

create or replace function api.raise_event(code text, scope text default 'global', id bigint default 0, payload jsonb default '{}')
returns integer
language sql
volatile
begin atomic
  select flow.raise_event(code, scope, id, payload);
end;

comment on function api.raise_event(text, text, bigint, jsonb) is
'Raise an event (scope global, instance or workflow) and give the number of branches that go on by it; with 0 it is kept. Raises PG516.';

revoke all on function api.raise_event(text, text, bigint, jsonb) from public;
grant execute on function api.raise_event(text, text, bigint, jsonb) to pgears_admin, pgears_runner;
