-- SQL expression that fills a text of a call: {{column.x}}, {{record}}, {{record.id}}, {{record.uid}}, in workflows {{variables.x}}, {{instance.id}} too.
--
-- The row is "r", the instance "x". p_as: json, where a placeholder that stands alone keeps
-- its type and {{record}} is the whole row by codes; text; or url, where values are escaped.

create or replace function flow.call_value(p_class bigint, p_text text, p_as text, p_workflow boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_piece text;
  v_name text;
  v_column text;
  v_part text;
  v_alone boolean;
  v_parts text[] := array[]::text[];
begin
  for v_piece in
    select p.piece[1]
    from regexp_matches(p_text, '\{\{[^}]*\}\}|(?:(?!\{\{).)+|\{\{', 'gs') as p (piece)
  loop
    if v_piece not like '{{%' then
      v_parts := v_parts || quote_literal(v_piece);
      continue;
    end if;

    v_name := substring(v_piece from '^\{\{\s*([a-z][a-z0-9_.-]*)\s*\}\}$');
    v_column := substring(v_name from '^column\.([a-z][a-z0-9_-]*)$');
    v_alone := p_as = 'json' and btrim(p_text) = v_piece;
    v_part := null;

    if v_name like 'variables.%' and p_workflow then
      if v_alone then
        return format('coalesce(x.variables -> %L, ''null'')', substr(v_name, 11));
      end if;
      v_part := format('coalesce(x.variables ->> %L, '''')', substr(v_name, 11));
    elsif v_name = 'instance.id' and p_workflow then
      v_part := 'x.instance_id';
    elsif p_class is not null then
      if v_name = 'record' and v_alone then
        return format('flow.record_by_codes(%s, to_jsonb(r))', p_class);
      elsif v_name in ('record.id', 'record.uid') then
        v_part := 'r.' || substr(v_name, 8);
      elsif v_column is not null and v_alone then
        v_part := (select 'r.' || quote_ident(e.physical) from meta.effective_column as e where e.class_id = p_class and e.code = v_column and e.stored);
      end if;
      v_part := coalesce(v_part, case when v_column is not null then meta.column_expression(p_class, v_column, false) end);
    end if;

    if v_part is null then
      raise exception 'a call cannot be filled with "%"', v_piece
        using
          errcode = 'PG106',
          hint = 'Write {{column.code}} with a column of the class, {{record.id}}, {{record.uid}}, {{record}} alone in json'
            || case when p_workflow then ', {{variables.name}}, {{instance.id}}' else '' end || '.';
    elsif v_alone then
      return format('to_jsonb(%s)', v_part);
    end if;

    v_parts := v_parts || case p_as when 'url' then format('http.url_encode((%s)::text)', v_part) else format('coalesce((%s)::text, '''')', v_part) end;
  end loop;

  v_part := coalesce(array_to_string(nullif(v_parts, '{}'), ' || '), quote_literal(''));
  return case p_as when 'json' then format('to_jsonb((%s)::text)', v_part) else v_part end;
end;
$$;

comment on function flow.call_value(bigint, text, text, boolean) is 'SQL expression for a text of a call: jsonb with p_as json, else text. Raises PG106.';

revoke all on function flow.call_value(bigint, text, text, boolean) from public;
