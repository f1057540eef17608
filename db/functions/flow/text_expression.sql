-- SQL expression that fills a text of a notification.
--
-- p_kind says what becomes of values: text (as they are), line (a header, on one line),
-- address (users give their addresses), html (escaped), or framed: a plain text that is to
-- stand in HTML, where what is between the variables is escaped too.
-- requires: flow.escape_html flow.needed flow.one_line flow.variable_expression

create or replace function flow.text_expression(
  p_model bigint, p_class bigint, p_text text, p_kind text, p_language text, p_variables text[]
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_piece text;
  v_name text;
  v_part text;
  v_parts text[] := array[]::text[];
begin
  for v_piece in
    select p.piece[1]
    from regexp_matches(p_text, '\{\{[^}]*\}\}|(?:(?!\{\{).)+|\{\{', 'gs') as p (piece)
  loop
    if v_piece not like '{{%' then
      v_parts := v_parts || quote_literal(case when p_kind = 'framed' then flow.escape_html(v_piece) else v_piece end);
      continue;
    end if;

    v_name := substring(v_piece from '^\{\{\s*([a-z][a-z0-9_.-]*)\s*\}\}$');
    v_part := flow.variable_expression(p_model, p_class, v_name, p_language, p_kind = 'address', p_variables);

    if v_part is null then
      raise exception 'there is no variable "%" here', coalesce(v_name, v_piece)
        using
          errcode = 'PG425',
          hint = coalesce(
            case
              when v_name = 'record.url' or v_name like 'task.link%' then 'Set the parameter "web.base_address" first.'
              when v_name like 'var.%' then 'List the run variables in "variables".'
              when v_name like 'column.%' and p_kind = 'address' then 'Name a column that holds addresses, such as {{column.customer.email}}.'
              when v_name like 'column.%' and p_class is not null then
                meta.nearest(
                  split_part(v_name, '.', 2),
                  array(select e.code from meta.effective_column as e where e.class_id = p_class)
                )
            end, ''
          ) || ' Variables: column.<code>, column.<reference>.<code>, class.name, model.name, app.par.<code>, record.url, task.id, task.assignee, task.subject, task.deadline, task.link, task.link.<outcome>, var.<name>.';
    end if;

    v_parts := v_parts || case
      when p_kind in ('html', 'framed') then format('flow.escape_html(%s)', v_part)
      when p_kind = 'line' then format('flow.one_line(%s)', v_part)
      else v_part
    end;
  end loop;

  return coalesce(array_to_string(nullif(v_parts, '{}'), ' || '), quote_literal(''));
end;
$$;

comment on function flow.text_expression(bigint, bigint, text, text, text, text[]) is
'SQL expression of type text for a text with variables; p_kind text, line, address, html or framed. Raises PG425 for an unknown variable.';

revoke all on function flow.text_expression(bigint, bigint, text, text, text, text[]) from public;
