-- A call of a step of a job, compiled: it is about no record, so it is the same each time.
-- requires: flow.compile_call

create or replace function flow.job_call(p_model bigint, p_call jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call jsonb;
begin
  if jsonb_typeof(p_call -> 'target') is distinct from 'string' then
    raise exception 'the call has no target'
      using errcode = 'PG542', detail = '$.steps', hint = 'Write {http: {target: erp, path: /refresh}}.';
  end if;

  execute 'select ' || flow.compile_call(p_model, null, p_call, '$.steps', false) into v_call;
  return jsonb_build_object('target', p_call -> 'target', 'call', v_call);
end;
$$;

comment on function flow.job_call(bigint, jsonb) is 'Target and call of a step of a job. Raises PG106, PG110, PG541, PG542.';

revoke all on function flow.job_call(bigint, jsonb) from public;
