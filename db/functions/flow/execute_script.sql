-- Run a script with its context and give what it sets as result.
--
-- A result with the key "error" is a failure: PG502 with that text, and what the script wrote
-- is undone with the statement that ran it.

create or replace function flow.execute_script(p_script bigint, p_context jsonb)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_script record;
  v_result jsonb;
begin
  select s.enabled, s.integration, m.code || '.' || s.code as name into v_script
  from flow.script as s
  inner join meta.model as m on s.model_id = m.id
  where s.id = p_script;

  if not found then
    raise exception 'script % does not exist any more', p_script
      using errcode = 'PG501', hint = '"pgears script list" shows the scripts.';
  elsif not v_script.enabled or (v_script.integration and not core.integration()) then
    raise exception 'script % is switched off', v_script.name
      using errcode = 'PG503', hint = 'Enable it in its model file; an integration script needs core.set_integration(true).';
  end if;

  execute format('select data.script_%s($1)', p_script)
  using
    jsonb_build_object('script', v_script.name, 'environment', core.environment(), 'account', access.current_account(), 'parameters', '{}'::jsonb)
    || coalesce(p_context, '{}')
  into v_result;

  if jsonb_typeof(v_result) = 'object' and v_result ? 'error' then
    raise exception '%', v_result ->> 'error'
      using errcode = 'PG502', detail = 'script ' || v_script.name, hint = 'The script has set this error; what it wrote is undone.';
  end if;

  return v_result;
end;
$$;

comment on function flow.execute_script(bigint, jsonb) is 'Result of a script. Raises PG501, PG503, PG502 for an error that it sets, and what it raises.';

revoke all on function flow.execute_script(bigint, jsonb) from public;
