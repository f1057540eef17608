-- SQL expression of a column's default: sequence, today, now or a literal of the type.

create or replace function meta.default_expression(p_column bigint, p_type text, p_definition jsonb)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_default constant text := p_definition ->> 'default';
  v_format constant text := p_definition ->> 'sequence';
  v_width integer;
begin
  if v_format is not null then
    if p_type = 'integer' then
      return format('nextval(%L::regclass)', 'data.seq_' || p_column);
    end if;

    -- to_char pads without cutting numbers that outgrow the zeros.
    v_width := coalesce(char_length(substring(v_format from '\{#:(0+)\}')), 1);
    return format(
      '%L || to_char(nextval(%L::regclass), %L) || %L',
      substring(v_format from '^(.*)\{#'),
      'data.seq_' || p_column,
      'FM' || repeat('9', 18 - v_width) || repeat('0', v_width),
      substring(v_format from '\{#[^}]*\}(.*)$')
    );
  end if;

  if v_default is null then
    return case when p_type = 'boolean' and p_definition ->> 'states' = '2' then 'false' else 'null' end;
  end if;

  if p_type in ('date', 'timestamp') and v_default in ('today', 'now') then
    return case p_type when 'date' then 'current_date' else 'now()' end;
  end if;

  return format('%L::%s', v_default, meta.column_sql_type(p_type, p_definition));
end;
$$;

comment on function meta.default_expression(bigint, text, jsonb) is 'SQL expression for the DEFAULT of a column of a class table.';

revoke all on function meta.default_expression(bigint, text, jsonb) from public;
