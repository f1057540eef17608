-- Drop a subscription with its conflicts; rows that came by it stay, and so does what they hold.

create or replace function replica.drop_subscription(p_subscription bigint)
returns void
language sql
volatile
security definer  -- lends: writing subscriptions to administrators
begin atomic
  delete from replica.subscription as s where s.id = p_subscription;
end;

comment on function replica.drop_subscription(bigint) is 'Drop a subscription; the peer keeps its feed for it until replica.drop_reader() is called there.';

revoke all on function replica.drop_subscription(bigint) from public;
grant execute on function replica.drop_subscription(bigint) to pgears_admin;
