-- Take the lease of a subscription for one turn; null while another has it, or it rests.

create or replace function replica.begin_turn(p_subscription bigint, p_token uuid, p_lease interval default '1 minute')
returns jsonb
language plpgsql
volatile
security definer  -- lends: subscriptions to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subscription replica.subscription;
begin
  perform core.check_place();

  update replica.subscription as s
  set lease_token = p_token, lease_until = core.now() + p_lease
  where s.id = p_subscription and s.enabled
    and (s.lease_until is null or s.lease_until < core.now() or s.lease_token = p_token)
    and exists (select from replica.peer as p where p.code = s.peer)
  returning s.* into v_subscription;

  if v_subscription.id is null then
    return null;
  end if;

  return jsonb_build_object(
    'url', (select p.url from replica.peer as p where p.code = v_subscription.peer),
    'transaction', v_subscription.transaction_id::text,
    'position', v_subscription.position,
    'piece', v_subscription.piece,
    'request', jsonb_build_object(
      'reader', replica.instance() || '.' || (select m.code from meta.model as m where m.id = v_subscription.model_id) || '.' || v_subscription.code,
      'instance', replica.instance(),
      'policy', v_subscription.policy,
      'anew', v_subscription.transaction_id is null,
      'classes', (
        select jsonb_object_agg(
          meta.class_path(k.class_id),
          coalesce((
            select f.value
            from jsonb_each(meta.section_of(v_subscription.definition, 'filter')) as f (key, value)
            where meta.find_class(v_subscription.model_id, f.key) = k.class_id
          ), '{}')
        )
        from replica.subscribed_class as k
        where k.subscription_id = p_subscription
      )
    )
  );
end;
$$;

comment on function replica.begin_turn(bigint, uuid, interval) is 'What a runner needs to read a subscription, its lease taken; null when it rests or is being read. Raises PG960.';

revoke all on function replica.begin_turn(bigint, uuid, interval) from public;
grant execute on function replica.begin_turn(bigint, uuid, interval) to pgears_runner, pgears_admin;
