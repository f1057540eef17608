-- Drop a job with its runs and their log; not one that another job starts.
-- requires: meta.being_dropped

create or replace function flow.drop_job(p_job bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing jobs to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job flow.job;
  v_user text;
begin
  select j.* into v_job from flow.job as j where j.id = p_job;

  select min(j.code) into v_user
  from flow.job as j
  cross join jsonb_array_elements(j.compiled) as s
  where j.id <> p_job and not meta.being_dropped('job', j.id)
    and s.value ->> 'job' in (v_job.code, (select m.code from meta.model as m where m.id = v_job.model_id) || '.' || v_job.code)
    and (j.model_id = v_job.model_id or s.value ->> 'job' like '%.%');

  if v_user is not null then
    raise exception 'job % is started by job %', v_job.code, v_user
      using errcode = 'PG118', hint = 'Drop or change that first.';
  end if;

  delete from flow.job as j where j.id = p_job;
end;
$$;

comment on function flow.drop_job(bigint) is 'Drop a job. Raises PG118 while another job starts it.';

revoke all on function flow.drop_job(bigint) from public;
grant execute on function flow.drop_job(bigint) to pgears_admin;
