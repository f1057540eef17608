-- Store a task that is done only after all earlier ones of its kind and key.
--
-- The lock is held until the caller commits: the order of a key is that of commits, and
-- writers of one key wait for each other.
-- requires: queue.lock_key queue.ring

create or replace function queue.enqueue_keyed(p_kind text, p_key text, p_payload jsonb default '{}', p_lane smallint default 1)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing queue.task to whoever may enqueue
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id bigint;
  v_blocked boolean;
begin
  if not exists (select from queue.kind as k where k.kind = p_kind) then
    raise exception 'there is no kind of task "%"', p_kind
      using errcode = 'PG301', hint = 'Register it with queue.register_kind().';
  end if;

  perform pg_advisory_xact_lock(queue.lock_key(p_kind, p_key));
  v_blocked := exists (select from queue.task as t where t.kind = p_kind and t.key = p_key)
    or exists (select from queue.dead as d where d.kind = p_kind and d.key = p_key);

  insert into queue.task (kind, key, payload, lane, state)
  values (p_kind, p_key, coalesce(p_payload, '{}'), p_lane, case when v_blocked then 'blocked' else 'ready' end)
  returning id into v_id;

  if not v_blocked then
    perform queue.ring();
  end if;

  return v_id;
end;
$$;

comment on function queue.enqueue_keyed(text, text, jsonb, smallint) is
'Store a task in the order of a key and give its id. Raises PG301 for an unknown kind.';

revoke all on function queue.enqueue_keyed(text, text, jsonb, smallint) from public;
grant execute on function queue.enqueue_keyed(text, text, jsonb, smallint) to pgears_runner;
