-- Run a script for an account; a dry run undoes what it wrote and gives its result all the same.

create or replace function flow.perform_script(p_script bigint, p_parameters jsonb, p_dry_run boolean, p_account text)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source constant text := core.source();
  v_result jsonb;
begin
  begin
    if v_source = 'sql' then
      perform core.set_source('script');
    end if;

    v_result := flow.execute_script(p_script, jsonb_build_object(
      'account', p_account, 'parameters', coalesce(nullif(p_parameters, 'null'), '{}'), 'dry_run', p_dry_run
    ));

    if p_dry_run then
      raise exception 'dry run' using errcode = 'PGDRY', hint = 'Caught below: what the script wrote is undone.';
    end if;
  exception
    when sqlstate 'PGDRY' then
      return v_result;
  end;

  if v_source = 'sql' then
    perform core.set_source('sql');
  end if;

  return v_result;
end;
$$;

comment on function flow.perform_script(bigint, jsonb, boolean, text) is 'Result of a script run for an account. Raises what flow.execute_script() raises.';

revoke all on function flow.perform_script(bigint, jsonb, boolean, text) from public;
