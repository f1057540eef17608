-- Why a default, min or max is no value of the column's type.

create or replace function meta.literal_mistakes(p_definition jsonb, p_key text, p_path text)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := p_definition ->> 'type';
  v_sql_type constant text := meta.column_sql_type(v_type, p_definition);
  v_value constant text := p_definition ->> p_key;
  v_wanted constant text := case v_type when 'integer' then 'number' when 'decimal' then 'number' when 'boolean' then 'boolean' else 'string' end;
begin
  code := 'PG111';
  path := p_path || '.' || p_key;

  if jsonb_typeof(p_definition -> p_key) <> v_wanted then
    message := format(
      '"%s" of a column of type %s is %s, not %s', p_key, v_type,
      case v_wanted when 'number' then 'a number' when 'boolean' then 'true or false' else 'a text' end,
      left((p_definition -> p_key)::text, 60)
    );
    hint := case v_wanted when 'string' then 'Put it in quotes.' else 'Write it without quotes.' end;
    return next;
    return;
  end if;

  if v_sql_type = 'jsonb' or (v_value = 'today' and v_type = 'date') or (v_value = 'now' and v_type = 'timestamp') then
    return;
  end if;

  hint := 'Dates are written 2026-01-31, timestamps with zone 2026-01-31 12:00+00.';

  begin
    execute format('select %L::%s', v_value, v_sql_type);
  exception
    when data_exception then
      message := format('"%s" is no value of type %s: %s', p_key, v_type, v_value);
      return next;
      return;
  end;

  if v_type in ('date', 'timestamp') and v_value !~ '^\d{4}-\d\d-\d\d' then
    message := format('"%s" is no fixed %s: %s', p_key, v_type, v_value);
    return next;
  end if;
end;
$$;

comment on function meta.literal_mistakes(jsonb, text, text) is 'What is wrong with the default, min or max of a column as a value of its type.';

revoke all on function meta.literal_mistakes(jsonb, text, text) from public;
