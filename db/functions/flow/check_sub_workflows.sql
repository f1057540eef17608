-- At commit: refuse a version that starts a workflow which does not exist.
--
-- At commit, because workflows of one file may start each other.

create or replace function flow.check_sub_workflows()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform flow.workflow_id(s.value ->> 'workflow', (select w.model_id from flow.workflow as w where w.id = new.workflow_id))
  from jsonb_each(new.steps) as s
  where s.value ->> 'kind' = 'workflow'
    -- Not of a workflow that was dropped since.
    and exists (select from flow.workflow as w where w.id = new.workflow_id);
  return null;
end;
$$;

comment on function flow.check_sub_workflows() is 'Trigger function: raise PG510 for a sub-workflow that does not exist.';

revoke all on function flow.check_sub_workflows() from public;
