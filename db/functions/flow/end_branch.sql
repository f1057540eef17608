-- A branch has ended: the last of a parallel step lets that go on, the last of all ends the instance.

create or replace function flow.end_branch(p_branch flow.branch)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from flow.branch as b where b.id = p_branch.id;

  if p_branch.parent_id is not null then
    if not exists (select from flow.branch as b where b.parent_id = p_branch.parent_id) then
      perform flow.wake_branch(p_branch.parent_id, null);
    end if;
  elsif not exists (select from flow.branch as b where b.instance_id = p_branch.instance_id) then
    perform flow.finish_instance(p_branch.instance_id, 1::smallint);
  end if;
end;
$$;

comment on function flow.end_branch(flow.branch) is 'End a branch of an instance that is locked.';

revoke all on function flow.end_branch(flow.branch) from public;
