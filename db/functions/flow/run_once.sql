-- For scripts: have the service do steps once, now or at a time, under a code of their own.

create or replace function flow.run_once(p_code text, p_steps jsonb, p_at timestamptz default null)
returns bigint
language plpgsql
volatile
security definer  -- lends: making one-time jobs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'job');

  insert into flow.job (code, definition, compiled, next_slot, created)
  values (
    p_code, jsonb_build_object('steps', p_steps, 'missed', 'all'), flow.compile_job_steps(null, p_code, p_steps), coalesce(p_at, core.now()), core.now()
  )
  on conflict (model_id, code) do nothing
  returning id into v_id;

  if v_id is null then
    raise exception 'there is a one-time job "%" already', p_code
      using errcode = 'PG105', hint = 'Give each its own code, such as one with the id of a record.';
  end if;

  return v_id;
end;
$$;

comment on function flow.run_once(text, jsonb, timestamptz) is 'Id of a job that runs once. Raises PG105, and what flow.set_job() raises for steps.';

revoke all on function flow.run_once(text, jsonb, timestamptz) from public, pgears_runner;
grant execute on function flow.run_once(text, jsonb, timestamptz) to pgears_admin;
