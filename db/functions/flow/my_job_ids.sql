-- Jobs whose log the caller may view: what the policy of flow.job_run compares with.
--
-- Runs with the caller's rights, whose current_user flow.my_job asks for.
-- requires: flow.my_job

create or replace function flow.my_job_ids()
returns bigint[]
language sql
stable
begin atomic
  select array(select j.id from flow.my_job as j);
end;

comment on function flow.my_job_ids() is 'Ids of the jobs on which the current account has the right "view_log".';

-- Policies call it with the rights of whoever reads.
revoke all on function flow.my_job_ids() from public;
grant execute on function flow.my_job_ids() to public;
