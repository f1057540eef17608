-- Take up what the peer answered when the reading was opened: who it is and where its feed begins.
--
-- The position is taken before anything is copied, so nothing between the two is missed.

create or replace function replica.start_reading(p_subscription bigint, p_token uuid, p_answer jsonb)
returns jsonb
language plpgsql
volatile
security definer  -- lends: subscriptions to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subscription replica.subscription := replica.hold_lease(p_subscription, p_token);
begin
  if v_subscription.epoch <> p_answer ->> 'epoch' or v_subscription.instance <> p_answer ->> 'instance' then
    raise exception 'peer "%" is another database than before', v_subscription.peer
      using errcode = 'PG807', hint = 'It was restored or replaced: "pgears replicate resync" takes a new position and copies the classes again.';
  end if;

  update replica.subscription as s
  set
    instance = p_answer ->> 'instance',
    epoch = p_answer ->> 'epoch',
    position = case when s.transaction_id is null then (p_answer ->> 'position')::bigint else s.position end,
    piece = case when s.transaction_id is null then 0 else s.piece end,
    transaction_id = coalesce(s.transaction_id, (p_answer ->> 'transaction')::xid8)
  where s.id = p_subscription
  returning s.* into v_subscription;

  return jsonb_build_object(
    'transaction', v_subscription.transaction_id::text,
    'position', v_subscription.position,
    'piece', v_subscription.piece
  );
end;
$$;

comment on function replica.start_reading(bigint, uuid, jsonb) is 'Position from which to read the feed of the peer. Raises PG807 when the peer is another database than before, PG809.';

revoke all on function replica.start_reading(bigint, uuid, jsonb) from public;
grant execute on function replica.start_reading(bigint, uuid, jsonb) to pgears_runner, pgears_admin;
