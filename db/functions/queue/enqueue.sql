-- Store one task in the caller's transaction: it runs if, and after, that commits.
-- requires: queue.ring

create or replace function queue.enqueue(
  p_kind text,
  p_payload jsonb default '{}',
  p_due timestamptz default null,
  p_lane smallint default 1
)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing queue.task to whoever may enqueue
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
  v_delayed constant boolean := p_due is not null and p_due > core.now();
begin
  if not exists (select from queue.kind as k where k.kind = p_kind) then
    raise exception 'there is no kind of task "%"', p_kind
      using errcode = 'PG301', hint = 'Register it with queue.register_kind().';
  end if;

  insert into queue.task (kind, payload, lane, state, due)
  values (
    p_kind, coalesce(p_payload, '{}'), p_lane,
    case when v_delayed then 'delayed' else 'ready' end,
    case when v_delayed then p_due end
  )
  returning id into v_id;

  if not v_delayed then
    perform queue.ring();
  end if;

  return v_id;
end;
$$;

comment on function queue.enqueue(text, jsonb, timestamptz, smallint) is
'Store a task and give its id; with p_due it waits until then. Raises PG301 for an unknown kind.';

revoke all on function queue.enqueue(text, jsonb, timestamptz, smallint) from public;
grant execute on function queue.enqueue(text, jsonb, timestamptz, smallint) to pgears_runner;
