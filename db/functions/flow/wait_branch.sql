-- Let a branch wait, with a timer where there is an end to it.
--
-- The settings are for plans made while the tables were small, as in flow.begin_turn().
-- requires: flow.enqueue_branch

create or replace function flow.wait_branch(
  p_branch bigint,
  p_for text,
  p_until timestamptz default null,
  p_scope text default null,
  p_scope_id bigint default null,
  p_code text default null
)
returns void
language sql
volatile
set enable_seqscan = off
set jit = off
begin atomic
  update flow.branch as b
  set
    waits_for = p_for,
    woken = false,
    late = false,
    result = null,
    turn = b.turn + 1,
    until = p_until,
    scope = p_scope,
    scope_id = p_scope_id,
    event_code = p_code,
    timer_id = case when p_until is not null then flow.enqueue_branch(b.id, b.turn + 1, p_until, true) end
  where b.id = p_branch;
end;

comment on function flow.wait_branch(bigint, text, timestamptz, text, bigint, text) is 'Let a branch wait for something, and at most until a time.';

revoke all on function flow.wait_branch(bigint, text, timestamptz, text, bigint, text) from public;
