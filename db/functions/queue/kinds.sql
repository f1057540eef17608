-- What a runner has to know of each kind: how long an attempt may take, and who does it.

create or replace function queue.kinds()
returns table (kind text, timeout_seconds double precision, in_database boolean)
language sql
stable
security definer  -- lends: reading queue.kind to runners
begin atomic
  select k.kind, extract(epoch from k.timeout)::double precision, k.function is not null
  from queue.kind as k;
end;

comment on function queue.kinds() is 'Kinds of tasks with their time-out; in_database: queue.run() does them.';

revoke all on function queue.kinds() from public;
grant execute on function queue.kinds() to pgears_runner;
