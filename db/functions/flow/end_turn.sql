-- Keep what the steps of a turn have made: variables, where the branch stands, how it goes on.
--
-- p_next: step that another task is to begin with. p_end: branch or all. Neither: it waits, or
-- failed, and remembers what a step that is tried again was woken by.
-- The settings are for plans made while the tables were small, as in flow.begin_turn().
-- requires: flow.enqueue_branch flow.end_branch flow.cancel_branches flow.finish_instance

create or replace function flow.end_turn(p_instance flow.instance, p_branch flow.branch, p_next text, p_end text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  update flow.instance as i
  set variables = p_instance.variables, steps = p_instance.steps
  where i.id = p_instance.id;

  if p_next is not null then
    update flow.branch as b
    set step = p_branch.step, attempts = 0, woken = false, late = false, result = null, turn = b.turn + 1
    where b.id = p_branch.id;
    perform flow.enqueue_branch(p_branch.id, p_branch.turn + 1);
  elsif p_end = 'all' then
    delete from flow.branch as b where b.id = p_branch.id;
    perform flow.cancel_branches(p_instance.id, 'the workflow was ended by ' || p_branch.step);
    perform flow.finish_instance(p_instance.id, 1::smallint);
  elsif p_end = 'branch' then
    perform flow.end_branch(p_branch);
  else
    update flow.branch as b
    set step = p_branch.step, woken = p_branch.woken, late = p_branch.late, result = p_branch.result
    where b.id = p_branch.id;
  end if;
end;
$$;

comment on function flow.end_turn(flow.instance, flow.branch, text, text) is 'Keep where a branch stands, or end it, with variables and number of steps of its instance.';

revoke all on function flow.end_turn(flow.instance, flow.branch, text, text) from public;
