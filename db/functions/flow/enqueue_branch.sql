-- Have the queue go on with a branch, now or at a time.
--
-- p_late: the task ends a wait whose deadline has come.
-- requires: queue.enqueue

create or replace function flow.enqueue_branch(p_branch bigint, p_turn integer, p_due timestamptz default null, p_late boolean default false)
returns bigint
language sql
volatile
begin atomic
  select queue.enqueue(
    'workflow.step',
    jsonb_build_object('branch', p_branch, 'turn', p_turn) || case when p_late then '{"late": true}'::jsonb else '{}' end,
    p_due
  );
end;

comment on function flow.enqueue_branch(bigint, integer, timestamptz, boolean) is 'Enqueue a task workflow.step and give its id.';

revoke all on function flow.enqueue_branch(bigint, integer, timestamptz, boolean) from public;
