-- Give the lease of a subscription back, with what went wrong if anything did.

create or replace function replica.end_turn(p_subscription bigint, p_token uuid, p_error text default null)
returns void
language sql
volatile
security definer  -- lends: subscriptions to the runner
begin atomic
  update replica.subscription as s
  set
    lease_until = null,
    error = p_error,
    failed = case when p_error is null then s.failed else core.now() end
  where s.id = p_subscription and s.lease_token = p_token;
end;

comment on function replica.end_turn(bigint, uuid, text) is 'End a turn; without an error the last one is forgotten.';

revoke all on function replica.end_turn(bigint, uuid, text) from public;
grant execute on function replica.end_turn(bigint, uuid, text) to pgears_runner, pgears_admin;
