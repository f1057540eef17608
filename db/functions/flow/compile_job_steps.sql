-- Steps of a job as they are run: checked, each with its kind, ids for codes.

create or replace function flow.compile_job_steps(p_model bigint, p_code text, p_steps jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kinds constant text[] := array['script', 'workflow', 'task', 'job', 'command', 'action', 'import', 'export', 'sync', 'replicate', 'url', 'http'];
  v_known constant text[] := v_kinds || array['name', 'enabled', 'on_error', 'parameters', 'timeout'];
  v_step jsonb;
  v_place bigint;
  v_kind text;
  v_unknown text;
  v_compiled jsonb := '[]'::jsonb;
begin
  for v_step, v_place in select s.step, s.place from jsonb_array_elements(p_steps) with ordinality as s (step, place) loop
    v_kind := (select min(k.kind) from unnest(v_kinds) as k (kind) where v_step ? k.kind);
    v_unknown := (select min(k.key) from jsonb_object_keys(v_step) as k (key) where k.key <> all (v_known));

    if v_kind is null or v_unknown is not null or (select count(*) from unnest(v_kinds) as k (kind) where v_step ? k.kind) <> 1
      or coalesce(v_step ->> 'on_error', 'stop') not in ('stop', 'continue')
      or jsonb_typeof(coalesce(v_step -> 'parameters', '{}')) <> 'object'
      or jsonb_typeof(v_step -> v_kind) <> (case v_kind when 'command' then 'array' when 'http' then 'object' else 'string' end)
    then
      raise exception 'step % of job "%" cannot be read', v_place, p_code
        using
          errcode = 'PG522',
          detail = '$.steps',
          hint = 'Exactly one of ' || array_to_string(v_kinds, ', ') || '; with name, enabled, on_error (stop, continue), parameters, timeout. A command is a list, http a call.';
    end if;

    v_compiled := v_compiled || jsonb_build_array(v_step || jsonb_build_object('kind', v_kind) || case v_kind
      when 'script' then jsonb_build_object('script_id', flow.script_id(v_step ->> 'script', p_model))
      when 'workflow' then jsonb_build_object('workflow_id', flow.workflow_id(v_step ->> 'workflow', p_model))
      when 'http' then flow.job_call(p_model, v_step -> 'http')
      when 'url' then flow.job_call(p_model, http.split_url(v_step ->> 'url', p_model))
      else '{}'
    end);

    if v_kind = 'sync' then
      v_compiled := jsonb_set(v_compiled, array[(v_place - 1)::text, 'sync'], to_jsonb(sync.definition_path(v_step ->> 'sync', p_model)));
    end if;

    if v_kind = 'task' and not exists (select from queue.kinds() as k where k.kind = v_step ->> 'task') then
      raise exception 'there is no kind of task "%"', v_step ->> 'task'
        using errcode = 'PG301', detail = '$.steps', hint = 'Register it with queue.register_kind().';
    end if;
  end loop;

  return v_compiled;
end;
$$;

comment on function flow.compile_job_steps(bigint, text, jsonb) is 'Compiled steps of a job. Raises PG110, PG301, PG501, PG510, PG522, PG541, PG542, PG740.';

revoke all on function flow.compile_job_steps(bigint, text, jsonb) from public;
