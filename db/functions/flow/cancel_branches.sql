-- End everything open in an instance: branches, timers, tasks of people, calls that are not made yet, instances it waits for.

create or replace function flow.cancel_branches(p_instance bigint, p_detail text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_child bigint;
begin
  for v_child in
    select i.id
    from flow.instance as i
    inner join flow.branch as b on i.parent_branch_id = b.id
    where b.instance_id = p_instance and i.state in (0, 3, 6)
    order by i.id
    for update of i
  loop
    perform flow.cancel_branches(v_child, p_detail);
    update flow.instance as i set state = 2, ended = core.now(), error = p_detail where i.id = v_child;
  end loop;

  update flow.assignment as a
  set state = 'cancelled', completed = core.now()
  where a.instance_id = p_instance and a.state = 'open';

  perform http.cancel(c.id)
  from flow.branch as b
  inner join http.call as c on b.scope_id = c.id
  where b.instance_id = p_instance and b.waits_for = 'answer' and c.state in ('queued', 'retrying', 'held');

  insert into flow.step_log (instance_id, branch_id, step, outcome, at, detail)
  select b.instance_id, b.id, b.step, 'cancelled', core.now(), p_detail
  from flow.branch as b
  where b.instance_id = p_instance
  order by b.id;

  perform queue.withdraw(b.timer_id) from flow.branch as b where b.instance_id = p_instance and b.timer_id is not null;
  delete from flow.branch as b where b.instance_id = p_instance;
end;
$$;

comment on function flow.cancel_branches(bigint, text) is 'Cancel all open branches of an instance, with what they wait for.';

revoke all on function flow.cancel_branches(bigint, text) from public;
