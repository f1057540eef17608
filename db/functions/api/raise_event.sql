-- Public: raise an event that workflows wait for.
-- requires: flow.request

create or replace function api.raise_event(code text, scope text default 'global', id bigint default 0, payload jsonb default '{}')
returns integer
language sql
volatile
begin atomic
  insert into flow.request (operation, object, arguments)
  values ('raise_event', code, jsonb_build_object('scope', scope, 'id', id, 'payload', payload))
  returning result::integer;
end;

comment on function api.raise_event(text, text, bigint, jsonb) is
'Raise an event (scope global, instance or workflow) and give the number of branches that go on by it; with 0 it is kept. Raises PG516, PG560, PG562.';

grant execute on function api.raise_event(text, text, bigint, jsonb) to public;
