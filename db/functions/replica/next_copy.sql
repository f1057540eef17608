-- The class of a subscription that is to be copied next and how far it is; none when all are.

create or replace function replica.next_copy(p_subscription bigint)
returns table (class text, copied_to bigint)
language sql
stable
security definer  -- lends: reading subscriptions to the runner
begin atomic
  select meta.class_path(k.class_id), k.copied_to
  from replica.subscribed_class as k
  where k.subscription_id = p_subscription and k.copied_to is not null
  order by k.position
  limit 1;
end;

comment on function replica.next_copy(bigint) is 'Class and id behind which to copy.';

revoke all on function replica.next_copy(bigint) from public;
grant execute on function replica.next_copy(bigint) to pgears_runner, pgears_admin;
