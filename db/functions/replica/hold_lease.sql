-- The subscription, locked, its lease moved on; refused when another reader has taken it.

create or replace function replica.hold_lease(p_subscription bigint, p_token uuid)
returns replica.subscription
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subscription replica.subscription;
begin
  update replica.subscription as s
  set lease_until = core.now() + interval '1 minute', contacted = core.now()
  where s.id = p_subscription and s.lease_token = p_token
  returning s.* into v_subscription;

  if v_subscription.id is null then
    raise exception 'the lease of the subscription is lost'
      using errcode = 'PG809', hint = 'Another runner reads it now; nothing needs to be done.';
  end if;

  return v_subscription;
end;
$$;

comment on function replica.hold_lease(bigint, uuid) is 'Subscription whose lease the token holds. Raises PG809 otherwise.';

revoke all on function replica.hold_lease(bigint, uuid) from public;
