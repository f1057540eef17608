-- Instances of workflows and runs of jobs are found in their order by those who may view them.
--
-- No order gets through the barrier of a view that reads with its owner's rights, so that the newest
-- twenty were found by reading and sorting all of them. A policy is a barrier that an index passes.

-- The policies need them; they are written by their files, right after this.
create function flow.my_workflow_ids()
returns bigint[]
language sql
stable
begin atomic
  select '{}'::bigint[];
end;

create function flow.my_job_ids()
returns bigint[]
language sql
stable
begin atomic
  select '{}'::bigint[];
end;

alter table flow.instance enable row level security;
alter table flow.job_run enable row level security;

-- Looked up once for each statement.
create policy instance_viewed on flow.instance for select
using (workflow_id = any((select flow.my_workflow_ids())::bigint[]));

create policy job_run_viewed on flow.job_run for select
using (job_id = any((select flow.my_job_ids())::bigint[]));

comment on policy instance_viewed on flow.instance is 'Instances of workflows on which the reader has the right "view".';
comment on policy job_run_viewed on flow.job_run is 'Runs of jobs on which the reader has the right "view_log".';

-- What api.workflow_instance and api.job_runs show; variables and keys are not among it.
grant select (id, workflow_id, version, state, class_id, record_id, started, ended, error) on table flow.instance to public;
grant select (id, job_id, cause, slot, state, started, ended, error) on table flow.job_run to public;
