-- A run of a synchronisation that waits to be done; refused to starters without the rights.
-- requires: sync.check_rights

create or replace function sync.new_run(p_definition bigint, p_cause text, p_plan boolean default false, p_force boolean default false)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing runs to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition record;
  v_starter text;
  v_id bigint;
begin
  perform core.check_place();

  select d.*, m.code || '.' || d.code as name into strict v_definition
  from sync.definition as d
  inner join meta.model as m on d.model_id = m.id
  where d.id = p_definition;

  if not v_definition.enabled or (v_definition.integration and not core.integration()) then
    raise exception 'synchronisation % is switched off', v_definition.name
      using errcode = 'PG742', hint = 'Enable it in its model file; one with "integration" needs "pgears integration on".';
  end if;

  v_starter := case when p_cause = 'manual' then access.current_account() else v_definition.owner end;
  perform sync.check_rights(v_starter, v_definition.class_id, v_definition.definition);

  insert into sync.run (definition_id, cause, starter, plan, force, created)
  values (p_definition, p_cause, v_starter, p_plan, p_force, core.now())
  returning id into v_id;

  return v_id;
end;
$$;

comment on function sync.new_run(bigint, text, boolean, boolean) is
'Id of a new run: by hand with the rights of the caller, for jobs and workflows with those of who stored the definition. Raises PG741, PG742, PG960.';

revoke all on function sync.new_run(bigint, text, boolean, boolean) from public;
grant execute on function sync.new_run(bigint, text, boolean, boolean) to pgears_admin, pgears_runner;
