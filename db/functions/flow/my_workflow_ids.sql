-- Workflows that the caller may view: what the policy of flow.instance compares with.
--
-- Runs with the caller's rights, whose current_user flow.my_workflow asks for.
-- requires: flow.my_workflow

create or replace function flow.my_workflow_ids()
returns bigint[]
language sql
stable
begin atomic
  select array(select w.id from flow.my_workflow as w);
end;

comment on function flow.my_workflow_ids() is 'Ids of the workflows on which the current account has the right "view".';

-- Policies call it with the rights of whoever reads.
revoke all on function flow.my_workflow_ids() from public;
grant execute on function flow.my_workflow_ids() to public;
