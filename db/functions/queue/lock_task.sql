-- A leased task with the function of its kind, locked; nothing when the lease is lost.
--
-- Apart from queue.run(), whose settings would be those of the function that it calls as well.
-- The settings are for plans made while the table was small: it grows faster than it is analysed.

create or replace function queue.lock_task(p_id bigint, p_token uuid)
returns table (kind text, payload jsonb, correlation uuid, function text)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
  select t.kind, t.payload, t.correlation, k.function
  from queue.task as t
  inner join queue.kind as k on t.kind = k.kind
  where t.id = p_id and t.token = p_token
  for update of t;
end;
$$;

comment on function queue.lock_task(bigint, uuid) is 'Lock a leased task until the end of the transaction, and give what is to be done.';

revoke all on function queue.lock_task(bigint, uuid) from public;
