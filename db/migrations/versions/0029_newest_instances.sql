-- Instances of workflows are found in their order by those who may view them.
--
-- No order gets through the barrier of a view that reads with its owner's rights, so that the newest
-- twenty were found by reading and sorting all of them. A policy is a barrier that an index passes.

-- The policy needs it; it is written by its file, right after this.
create function flow.my_workflow_ids()
returns bigint[]
language sql
stable
begin atomic
  select '{}'::bigint[];
end;

alter table flow.instance enable row level security;

-- Looked up once for each statement.
create policy instance_viewed on flow.instance for select
using (workflow_id = any((select flow.my_workflow_ids())::bigint[]));

comment on policy instance_viewed on flow.instance is 'Instances of workflows on which the reader has the right "view".';

-- What api.workflow_instance shows; variables and keys are not among it.
grant select (id, workflow_id, version, state, class_id, record_id, started, ended, error) on table flow.instance to public;
