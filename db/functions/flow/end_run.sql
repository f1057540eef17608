-- A run is over; the next that waits behind it begins.

create or replace function flow.end_run(p_run bigint, p_error text default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job bigint;
  v_next bigint;
begin
  update flow.job_run as r
  set state = case when coalesce(r.error, p_error) is null then 'done' else 'failed' end, ended = core.now(), error = coalesce(r.error, p_error)
  where r.id = p_run
  returning r.job_id into v_job;

  perform from flow.job as j where j.id = v_job for update;

  if not exists (select from flow.job_run as r where r.job_id = v_job and r.state = 'running') then
    update flow.job_run as r
    set state = 'running', started = core.now()
    where r.id = (select min(w.id) from flow.job_run as w where w.job_id = v_job and w.state = 'waiting')
    returning r.id into v_next;

    if found then
      perform queue.enqueue('job.run', jsonb_build_object('run', v_next));
    end if;
  end if;
end;
$$;

comment on function flow.end_run(bigint, text) is 'End a run of a job, with an error if it failed.';

revoke all on function flow.end_run(bigint, text) from public;
