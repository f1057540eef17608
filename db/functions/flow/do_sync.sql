-- Step of kind "sync": a runner synchronises, then the branch goes on with what became of it.
--
-- A run that did not succeed is a failure of the step; the next attempt of the step is another run.
-- requires: flow.wait_branch

create or replace function flow.do_sync(p_branch flow.branch, p_step jsonb)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_branch.woken and (p_branch.result ->> 'attempt')::integer = p_branch.attempts then
    if p_branch.result ->> 'error' is not null then
      raise exception 'run % of synchronisation %: %', p_branch.result ->> 'run', p_step ->> 'sync', p_branch.result ->> 'error'
        using errcode = 'PG745', hint = '"pgears sync --log" shows the runs with their problems.';
    end if;

    return jsonb_build_object(
      'next', p_step -> 'next',
      'variables', case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', p_branch.result) else '{}' end,
      'detail', format('run %s', p_branch.result ->> 'run')
    );
  end if;

  perform flow.wait_branch(p_branch.id, 'sync');
  perform queue.enqueue('workflow.sync', jsonb_build_object('sync', p_step -> 'sync', 'branch', p_branch.id, 'attempt', p_branch.attempts));

  return jsonb_build_object('wait', 'for a runner to synchronise');
end;
$$;

comment on function flow.do_sync(flow.branch, jsonb) is 'Do a step that synchronises. Raises PG745 when the run did not succeed.';

revoke all on function flow.do_sync(flow.branch, jsonb) from public;
