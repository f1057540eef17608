-- Task "job.run": do the steps of a run, one after the other, until one is the runner's or all are done.
--
-- In one transaction with the settlement; each step has a savepoint, so one that fails is undone
-- alone.
-- requires: flow.end_run

create or replace function flow.run_job_steps(p_payload jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: running jobs to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_former constant text := core.source();
  v_run record;
  v_step jsonb;
  v_detail text;
  v_failed boolean;
  v_error text;
begin
  select r.*, j.model_id, j.compiled, coalesce(m.code || '.', '') || j.code as name into v_run
  from flow.job_run as r
  inner join flow.job as j on r.job_id = j.id
  left join meta.model as m on j.model_id = m.id
  where r.id = (p_payload ->> 'run')::bigint and r.state = 'running'
  for update of r;

  if not found then
    return;
  end if;

  perform core.set_source('script');
  v_error := v_run.error;

  while v_run.position < jsonb_array_length(v_run.compiled) loop
    v_run.position := v_run.position + 1;
    v_step := v_run.compiled -> (v_run.position - 1);
    v_failed := false;
    v_detail := null;

    if v_step -> 'enabled' = 'false' then
      insert into flow.job_log (run_id, position, step, outcome, at)
      values (v_run.id, v_run.position, v_step ->> 'kind', 'skipped', core.now());
      continue;
    end if;

    if v_step ->> 'kind' in ('command', 'action', 'import', 'export', 'sync') then
      insert into flow.job_log (run_id, position, step, outcome, at)
      values (v_run.id, v_run.position, v_step ->> 'kind', 'begun', core.now());
      update flow.job_run as r set position = v_run.position, error = v_error where r.id = v_run.id;
      if v_step ->> 'kind' in ('import', 'export') then
        perform queue.enqueue('batch.' || (v_step ->> 'kind'), jsonb_build_object(
          'code', v_step -> (v_step ->> 'kind'), 'parameters', coalesce(v_step -> 'parameters', '{}'),
          'cause', 'job', 'cause_key', jsonb_build_object('run', v_run.id, 'position', v_run.position)
        ));
      else
        perform queue.enqueue('job.' || (v_step ->> 'kind'), v_step || jsonb_build_object('run', v_run.id, 'position', v_run.position));
      end if;
      perform core.set_source(v_former);
      return;
    end if;

    begin
      case v_step ->> 'kind'
        when 'http', 'url' then
          v_detail := 'call ' || http.store(
            http.target_id(v_step ->> 'target', v_run.model_id), v_step -> 'call',
            p_then => 'job.answer', p_payload => jsonb_build_object('run', v_run.id, 'position', v_run.position)
          );
        when 'script' then
          v_detail := flow.execute_script((v_step ->> 'script_id')::bigint, jsonb_build_object(
            'job', v_run.name, 'run', v_run.id, 'slot', v_run.slot, 'parameters', coalesce(v_step -> 'parameters', '{}')
          ))::text;
        when 'workflow' then
          v_detail := 'instance ' || flow.start_instance((v_step ->> 'workflow_id')::bigint, null, null, v_step -> 'parameters');
        when 'task' then
          v_detail := 'task ' || queue.enqueue(v_step ->> 'task', coalesce(v_step -> 'parameters', '{}') || jsonb_build_object('run', v_run.id));
        when 'replicate' then
          v_detail := 'task ' || replica.request(
            case
              when v_step ->> 'replicate' like '%.%' then v_step ->> 'replicate'
              else (select m.code from meta.model as m where m.id = v_run.model_id) || '.' || (v_step ->> 'replicate')
            end
          );
        when 'job' then
          v_detail := 'run ' || flow.run_job(v_step ->> 'job', 'job');
      end case;
    exception
      when others then
        if sqlstate like '40%' or sqlstate like '57%' then
          raise;
        end if;
        v_failed := true;
        v_detail := format('%s: %s', sqlstate, sqlerrm);
    end;

    insert into flow.job_log (run_id, position, step, outcome, at, detail)
    values (v_run.id, v_run.position, v_step ->> 'kind', case when v_failed then 'failed' when v_step ? 'call' then 'begun' else 'done' end, core.now(), v_detail);

    if v_step ? 'call' and not v_failed then
      -- The run goes on when the call is over.
      update flow.job_run as r set position = v_run.position, error = v_error where r.id = v_run.id;
      perform core.set_source(v_former);
      return;
    end if;

    if v_failed then
      v_error := coalesce(v_error, format('step %s: %s', v_run.position, v_detail));
      exit when v_step ->> 'on_error' is distinct from 'continue';
    end if;
  end loop;

  update flow.job_run as r set position = v_run.position where r.id = v_run.id;
  perform flow.end_run(v_run.id, v_error);
  perform core.set_source(v_former);
end;
$$;

comment on function flow.run_job_steps(jsonb) is 'Go on with the run of a job; does nothing when it is over. Errors of steps are kept in the log.';

revoke all on function flow.run_job_steps(jsonb) from public;
