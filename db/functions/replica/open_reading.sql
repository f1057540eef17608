-- For another instance: begin, or go on with, reading classes of this one.
--
-- What is asked for must be there and readable, or nothing changes: an empty answer is never
-- taken for "there is nothing". The position of a new reader is taken before it copies.

create or replace function replica.open_reading(p_request jsonb)
returns jsonb
language plpgsql
volatile
security definer  -- lends: readers and positions to accounts of peers
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code constant text := p_request ->> 'reader';
  v_instance constant text := p_request ->> 'instance';
  v_classes constant jsonb := p_request -> 'classes';
  v_policy constant text := p_request ->> 'policy';
  v_epoch constant text := (select c.system_identifier from pg_control_system() as c)::text
    || '/' || (select d.oid from pg_database as d where d.datname = current_database());
  v_own text;
  v_position feed.consumer;
begin
  if v_instance = replica.instance() then
    raise exception 'both sides are instance %', v_instance
      using errcode = 'PG804', hint = 'One is a copy of the whole server of the other: give it a code of its own there, by "select replica.renew_instance()".';
  elsif coalesce(v_classes, '{}') = '{}' then
    raise exception 'the subscription names no class'
      using errcode = 'PG805', hint = 'Name the classes to read; nothing was changed.';
  end if;

  -- Two authorities would hand their rows to and fro for ever.
  select s.policy into v_own
  from replica.subscription as s
  where s.instance = v_instance and s.enabled
    and (s.policy in ('source', 'target') or v_policy in ('source', 'target'))
    and (s.policy, v_policy) not in (('source', 'target'), ('target', 'source'))
    and exists (
      select
      from replica.subscribed_class as k
      where k.subscription_id = s.id and v_classes ? meta.class_path(k.class_id)
    )
  limit 1;

  if v_own is not null then
    raise exception 'both sides replicate the class, here conflict: %, there conflict: %', v_own, v_policy
      using errcode = 'PG806', hint = 'Write source on one side and target on the other, or the same of newer and manual on both.';
  end if;

  insert into replica.reader as r (code, login, instance, policy, classes)
  values (v_code, access.current_account(), v_instance, v_policy, v_classes)
  on conflict (code) do update
  set instance = excluded.instance, policy = excluded.policy, classes = excluded.classes
  where r.login = excluded.login;

  perform replica.check_reader(v_code);
  perform feed.subscribe('replica:' || v_code, 'instance ' || v_instance);

  if p_request ->> 'anew' = 'true' then
    update feed.consumer as c
    set transaction_id = pg_snapshot_xmin(pg_current_snapshot()), position = 0
    where c.code = 'replica:' || v_code;
  end if;

  select c.* into v_position from feed.consumer as c where c.code = 'replica:' || v_code;

  return jsonb_build_object(
    'instance', replica.instance(),
    'epoch', v_epoch,
    'transaction', v_position.transaction_id::text,
    'position', v_position.position
  );
end;
$$;

comment on function replica.open_reading(jsonb) is
'Register a reading of another instance: reader, instance, policy, classes with filters. Gives instance, epoch and position. Raises PG802 to PG806.';

revoke all on function replica.open_reading(jsonb) from public;
grant execute on function replica.open_reading(jsonb) to pgears_peer, pgears_admin, pgears_runner;
