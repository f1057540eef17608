-- Make rows for all slots that have come; gives their number.
--
-- A slot that comes more than a minute late was missed: nobody was there. Policy "skip" runs
-- none of these, "latest" the last, "all" each of them one after the other; those that
-- are not run are rows as well. Several runners may call this at once.
-- requires: flow.job_slot flow.begin_run

create or replace function flow.schedule_jobs()
returns integer
language plpgsql
volatile
security definer  -- lends: writing runs to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := core.now();
  v_job flow.job;
  v_slots timestamptz[];
  v_next timestamptz;
  v_policy text;
  v_count integer := 0;
begin
  for v_job in
    select j.* from flow.job as j
    where j.enabled and j.next_slot <= v_now
    order by j.next_slot, j.id
    for update skip locked
  loop
    v_policy := coalesce(v_job.definition ->> 'missed', 'latest');
    v_slots := array[]::timestamptz[];
    v_next := v_job.next_slot;

    while v_next <= v_now and cardinality(v_slots) < 1000 loop
      v_slots := v_slots || v_next;
      v_next := flow.job_slot(v_job.definition, v_next);
    end loop;

    for v_at in 1..cardinality(v_slots) loop
      if v_slots[v_at] < v_now - interval '1 minute' and (v_policy = 'skip' or v_policy = 'latest' and v_at < cardinality(v_slots)) then
        insert into flow.job_run (job_id, slot, cause, state, created, ended, error)
        values (v_job.id, v_slots[v_at], 'schedule', 'missed', v_now, v_now, 'nobody was there at its time')
        on conflict (job_id, cause, slot) do nothing;
      else
        perform flow.begin_run(v_job, 'schedule', v_slots[v_at], v_policy = 'all' and cardinality(v_slots) > 1);
      end if;
    end loop;

    v_count := v_count + cardinality(v_slots);
    update flow.job as j set next_slot = v_next where j.id = v_job.id;
  end loop;

  return v_count;
end;
$$;

comment on function flow.schedule_jobs() is 'Make rows for the slots of jobs that have come, and start what is to run.';

revoke all on function flow.schedule_jobs() from public;
grant execute on function flow.schedule_jobs() to pgears_runner;
