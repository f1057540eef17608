-- Make or change a job. Its next slot is reckoned from now, so a change runs nothing late.
-- requires: flow.job_slot flow.compile_job_steps

create or replace function flow.set_job(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing jobs to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
  v_ignored boolean;
begin
  perform meta.check_code(p_code, 'job');
  perform meta.check_definition('job', p_definition, '$');

  if p_definition ? 'cron' and p_definition ? 'at' then
    raise exception 'job "%" has both "cron" and "at"', p_code
      using errcode = 'PG113', detail = '$', hint = 'Give it one of them; or none, to be started by hand or at the start of the service.';
  end if;

  if p_definition ? 'when' then
    begin
      execute format('select (%s)::boolean', p_definition ->> 'when') into v_ignored;
    exception
      when syntax_error_or_access_rule_violation or datatype_mismatch then
        raise exception 'the condition of job "%" does not compile: %', p_code, sqlerrm
          using errcode = 'PG119', detail = '$.when', hint = 'Write an SQL condition; name tables with their schema.';
    end;
  end if;

  insert into flow.job as j (model_id, code, enabled, integration, definition, compiled, next_slot, created)
  values (
    p_model,
    p_code,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, false),
    p_definition,
    flow.compile_job_steps(p_model, p_code, p_definition -> 'steps'),
    flow.job_slot(p_definition, core.now()),
    core.now()
  )
  on conflict (model_id, code) do update
  set
    enabled = excluded.enabled,
    integration = excluded.integration,
    definition = excluded.definition,
    compiled = excluded.compiled,
    next_slot = excluded.next_slot
  returning j.id into v_id;

  return v_id;
end;
$$;

comment on function flow.set_job(bigint, text, jsonb) is
'Id of a job, made or changed. Keys: name, cron, at, at_start, time_zone, valid_from, valid_to, when, missed, overlap, integration, enabled, steps. '
'Raises PG110 to PG113, PG119, PG301, PG501, PG510, PG521, PG522, PG541, PG542, PG740.';

revoke all on function flow.set_job(bigint, text, jsonb) from public;
grant execute on function flow.set_job(bigint, text, jsonb) to pgears_admin;
