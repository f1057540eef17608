-- SQL expression for a variable of a notification such as column.customer.name; null when unknown.
--
-- $2 of the compiled statement holds the run variables.
-- requires: flow.path_expression meta.class_path

create or replace function flow.variable_expression(
  p_model bigint, p_class bigint, p_name text, p_language text, p_address boolean, p_variables text[]
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_path constant text[] := string_to_array(p_name, '.');
  v_parameter constant text := substring(p_name from '^(?:app|application)[.](?:par|parameter)[.](.+)$');
  v_name text;
begin
  if v_path[1] = 'column' and cardinality(v_path) between 2 and 4 then
    return case when p_class is not null then flow.path_expression(p_class, v_path[2:], p_address) end;
  elsif v_path[1] = 'var' and cardinality(v_path) = 2 then
    return case when v_path[2] = any (p_variables) then format('flow.needed(%L, $2 ->> %L)', p_name, v_path[2]) end;
  elsif v_parameter is not null then
    return case when core.parameter(v_parameter) is not null then format('flow.needed(%L, core.parameter(%L))', p_name, v_parameter) end;
  elsif p_name = 'record.url' then
    return case
      when p_class is not null and core.parameter('web.base_address') is not null
        then format(
          'rtrim(flow.needed(''app.par.web.base_address'', core.parameter(''web.base_address'')), ''/'') || %L || r.id::text',
          '/' || replace(meta.class_path(p_class), '.', '/') || '/'
        )
    end;
  elsif v_path[1] = 'task' then
    -- Given by the step of a workflow that sends the notification about a task.
    return case
      when p_name = 'task.assignee' and p_address then 'flow.needed(''task.assignee'', $2 ->> ''task.address'')'
      when p_name in ('task.id', 'task.assignee', 'task.subject', 'task.deadline') then format('flow.needed(%L, $2 ->> %L)', p_name, p_name)
      when core.parameter('web.base_address') is null then null
      when p_name = 'task.link' then 'flow.needed(''task.link'', $2 ->> ''task.link'')'
      when v_path[2] = 'link' and cardinality(v_path) = 3 then format('flow.needed(''task.link'', $2 ->> ''task.link'') || %L', '?choice=' || v_path[3])
    end;
  elsif p_name in ('class.id', 'class.code', 'class.name') and p_class is not null then
    select case v_path[2] when 'id' then c.id::text when 'code' then c.code else coalesce(c.name ->> p_language, flow.default_text(c.name), c.code) end
    into v_name
    from meta.class as c
    where c.id = p_class;
    return quote_literal(v_name);
  elsif p_name in ('model.id', 'model.code', 'model.name') then
    select case v_path[2] when 'id' then m.id::text when 'code' then m.code else coalesce(m.name ->> p_language, flow.default_text(m.name), m.code) end
    into v_name
    from meta.model as m
    where m.id = p_model;
    return quote_literal(v_name);
  end if;

  return null;
end;
$$;

comment on function flow.variable_expression(bigint, bigint, text, text, boolean, text[]) is
'SQL expression of type text for a variable; null for one that does not exist there.';

revoke all on function flow.variable_expression(bigint, bigint, text, text, boolean, text[]) from public;
