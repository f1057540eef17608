-- Settle one task inside a transaction that also records what the task did.
--
-- False: the lease is lost and nothing was settled. Whoever records an outcome with it
-- raises then, so that the record of an attempt that is not ours any more is not kept.
-- requires: queue.settle

create or replace function queue.settle_one(
  p_id bigint,
  p_token uuid,
  p_outcome text default 'done',
  p_error text default null,
  p_after interval default null
)
returns boolean
language sql
volatile
begin atomic
  select queue.settle(p_token, array[p_id], p_outcome, p_error, p_after) = '{}';
end;

comment on function queue.settle_one(bigint, uuid, text, text, interval) is
'Settle one task; false when its lease is lost. Raises PG303 for an unknown outcome.';

revoke all on function queue.settle_one(bigint, uuid, text, text, interval) from public;
grant execute on function queue.settle_one(bigint, uuid, text, text, interval) to pgears_runner;
