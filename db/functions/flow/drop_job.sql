-- Drop a job with its runs and their log.

create or replace function flow.drop_job(p_job bigint)
returns void
language sql
volatile
security definer  -- lends: writing jobs to administrators
begin atomic
  delete from flow.job as j
  where j.id = p_job;
end;

comment on function flow.drop_job(bigint) is 'Drop a job; a run that is under way ends without effect.';

revoke all on function flow.drop_job(bigint) from public;
grant execute on function flow.drop_job(bigint) to pgears_admin;
