-- SQL of a workflow: {{column.x}} of its record, {{variables.x}} (a text), {{record.id}}, {{instance.id}}.

create or replace function flow.workflow_expression(p_class bigint, p_sql text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sql text := regexp_replace(p_sql, '\{\{\s*variables\.([a-z][a-z0-9_-]*)\s*\}\}', '(x.variables ->> ''\1'')', 'g');
begin
  v_sql := regexp_replace(v_sql, '\{\{\s*instance\.id\s*\}\}', 'x.instance_id', 'g');
  v_sql := regexp_replace(v_sql, '\{\{\s*record\.id\s*\}\}', 'x.record_id', 'g');

  if v_sql ~ '\{\{' and p_class is null then
    raise exception 'there is no {{...}} of this name in "%"', p_sql
      using errcode = 'PG106', hint = 'Write {{variables.x}}, {{record.id}}, {{instance.id}}; {{column.x}} needs "class" in the workflow.';
  end if;

  return coalesce(meta.condition_expression(p_class, v_sql, 'r.'), v_sql);
end;
$$;

comment on function flow.workflow_expression(bigint, text) is 'SQL expression over x (instance) and r (record). Raises PG106.';

revoke all on function flow.workflow_expression(bigint, text) from public;
