-- SQL expression of type text that fills a format of a workflow, such as "approved-{{record.id}}".
-- requires: flow.workflow_expression

create or replace function flow.workflow_format(p_class bigint, p_format text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_piece text;
  v_parts text[] := array[]::text[];
begin
  for v_piece in
    select p.piece[1]
    from regexp_matches(p_format, '\{\{[^}]*\}\}|(?:(?!\{\{).)+', 'gs') as p (piece)
  loop
    v_parts := v_parts || case
      when v_piece not like '{{%' then quote_literal(v_piece)
      when v_piece ~ '^\{\{\s*(variables\.[a-z][a-z0-9_-]*|record\.id|instance\.id)\s*\}\}$'
        then format('coalesce(%s::text, '''')', flow.workflow_expression(p_class, v_piece))
      else format('(%s)', meta.format_expression(p_class, v_piece, false))
    end;
  end loop;

  return coalesce(array_to_string(nullif(v_parts, '{}'), ' || '), quote_literal(''));
end;
$$;

comment on function flow.workflow_format(bigint, text) is 'SQL expression for a format over x (instance) and r (record). Raises PG106, PG111.';

revoke all on function flow.workflow_format(bigint, text) from public;
