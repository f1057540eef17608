-- Ring for one runner only, which tries whether it hears.
--
-- The payload tells it from a real ring. It is to be called on another connection than the
-- listening one: a pooler hands over what arrives during one's own statement, and nothing else.

create or replace function queue.probe(p_runner uuid)
returns void
language sql
volatile
begin atomic
  select pg_notify('pgears_queue', p_runner::text);
end;

comment on function queue.probe(uuid) is 'Ring so that a runner learns whether it hears the doorbell.';

revoke all on function queue.probe(uuid) from public;
grant execute on function queue.probe(uuid) to pgears_runner;
