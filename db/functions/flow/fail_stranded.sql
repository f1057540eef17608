-- Fail instances whose task gave up: time-outs again and again, or runners that died of it.
--
-- Errors of steps are counted by the engine itself; these are ended from outside and leave
-- a dead task only.

create or replace function flow.fail_stranded()
returns bigint
language sql
volatile
security definer  -- lends: writing instances to the runner
begin atomic
  with stranded as (
    select b.instance_id, min(d.error) as error
    from queue.dead as d
    inner join flow.branch as b on b.id = (d.payload ->> 'branch')::bigint and b.turn = (d.payload ->> 'turn')::integer
    where d.kind = 'workflow.step'
    group by b.instance_id
  ),
  failed as (
    update flow.instance as i
    set state = 3, error = s.error
    from stranded as s
    where i.id = s.instance_id and i.state = 0
    returning i.id
  )
  select count(*) from failed as f;
end;

comment on function flow.fail_stranded() is 'Set the state failed where the task of a branch is dead; gives the number of instances.';

revoke all on function flow.fail_stranded() from public;
grant execute on function flow.fail_stranded() to pgears_runner;
