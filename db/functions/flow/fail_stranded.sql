-- Fail instances and runs of jobs whose task gave up: time-outs again and again, or runners that died of it.
--
-- Errors of steps are counted by the engine itself; these are ended from outside and leave
-- a dead task only.
-- requires: flow.end_job_step flow.end_run flow.end_sync_step

create or replace function flow.fail_stranded()
returns bigint
language plpgsql
volatile
security definer  -- lends: writing instances and runs to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
  v_dead record;
begin
  with stranded as (
    select b.instance_id, min(d.error) as error
    from queue.dead as d
    inner join flow.branch as b on b.id = (d.payload ->> 'branch')::bigint and b.turn = (d.payload ->> 'turn')::integer
    where d.kind = 'workflow.step'
    group by b.instance_id
    union all
    select b.instance_id, min(d.error)
    from queue.dead as d
    inner join flow.branch as b on b.id = (d.payload ->> 'branch')::bigint
    where d.kind = 'workflow.answer' and b.waits_for = 'answer' and b.scope_id = (d.payload ->> 'call')::bigint
    group by b.instance_id
  )
  update flow.instance as i
  set state = 3, error = s.error
  from stranded as s
  where i.id = s.instance_id and i.state = 0;
  get diagnostics v_count = row_count;

  for v_dead in
    select d.kind, d.error, d.payload, r.id as run
    from queue.dead as d
    inner join flow.job_run as r on r.id = (d.payload ->> 'run')::bigint
    where d.kind in ('job.run', 'job.command', 'job.action', 'job.answer', 'job.sync') and r.state = 'running'
      and (d.kind = 'job.run' or r.position = (d.payload ->> 'position')::integer)
    for update of r skip locked
  loop
    if v_dead.kind = 'job.run' then
      perform flow.end_run(v_dead.run, v_dead.error);
    else
      perform flow.end_job_step(v_dead.run, (v_dead.payload ->> 'position')::integer, v_dead.error);
    end if;
    v_count := v_count + 1;
  end loop;

  for v_dead in
    select b.id as branch, b.attempts, d.error
    from queue.dead as d
    inner join flow.branch as b on b.id = (d.payload ->> 'branch')::bigint and b.attempts = (d.payload ->> 'attempt')::integer
    where d.kind = 'workflow.sync' and b.waits_for = 'sync'
  loop
    perform flow.end_sync_step(v_dead.branch, v_dead.attempts, jsonb_build_object('error', v_dead.error));
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

comment on function flow.fail_stranded() is 'Fail instances and runs whose task is dead; gives their number.';

revoke all on function flow.fail_stranded() from public;
grant execute on function flow.fail_stranded() to pgears_runner;
