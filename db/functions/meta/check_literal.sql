-- Refuse a default, min or max that is no value of the column's type.

create or replace function meta.check_literal(p_definition jsonb, p_key text, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := p_definition ->> 'type';
  v_sql_type constant text := meta.column_sql_type(v_type, p_definition);
  v_value constant text := p_definition ->> p_key;
  v_kind constant text := jsonb_typeof(p_definition -> p_key);
  v_wanted constant text := case v_type when 'integer' then 'number' when 'decimal' then 'number' when 'boolean' then 'boolean' else 'string' end;
begin
  if v_kind <> v_wanted then
    raise exception '"%" of a column of type % is %', p_key, v_type,
      case v_wanted when 'number' then 'a number' when 'boolean' then 'true or false' else 'a text' end
      using
        errcode = 'PG111',
        detail = p_path || '.' || p_key,
        hint = case v_wanted when 'string' then 'Put it in quotes.' else 'Write it without quotes.' end;
  end if;

  if v_sql_type = 'jsonb' or (v_value = 'today' and v_type = 'date') or (v_value = 'now' and v_type = 'timestamp') then
    return;
  end if;

  begin
    execute format('select %L::%s', v_value, v_sql_type);
  exception
    when data_exception then
      raise exception '"%" is no value of type %: %', p_key, v_type, v_value
        using errcode = 'PG111', detail = p_path || '.' || p_key, hint = 'Dates are written 2026-01-31, timestamps with zone 2026-01-31 12:00+00.';
  end;

  if v_type in ('date', 'timestamp') and v_value !~ '^\d{4}-\d\d-\d\d' then
    raise exception '"%" is no fixed %: %', p_key, v_type, v_value
      using errcode = 'PG111', detail = p_path || '.' || p_key, hint = 'Dates are written 2026-01-31, timestamps with zone 2026-01-31 12:00+00.';
  end if;
end;
$$;

comment on function meta.check_literal(jsonb, text, text) is 'Check default, min or max of a column against its type. Raises PG111.';

revoke all on function meta.check_literal(jsonb, text, text) from public;
