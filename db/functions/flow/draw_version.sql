-- Mermaid drawing of a version of a workflow; the current one when none is named.
-- requires: flow.draw_steps
-- requires: flow.workflow_id

create or replace function flow.draw_version(p_code text, p_version integer default null)
returns text
language sql
stable
security definer  -- lends: reading workflows to administrators and the service
begin atomic
  select flow.draw_steps(v.steps)
  from flow.workflow as w
  inner join flow.workflow_version as v on w.id = v.workflow_id and v.version = coalesce(p_version, w.version)
  where w.id = flow.workflow_id(p_code);
end;

comment on function flow.draw_version(text, integer) is 'Flowchart of a workflow in Mermaid. Raises PG510.';

revoke all on function flow.draw_version(text, integer) from public;
grant execute on function flow.draw_version(text, integer) to pgears_admin, pgears_runner;
