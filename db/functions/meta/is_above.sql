-- Compare two literals of a column type; null when one of them is missing.

create or replace function meta.is_above(p_type text, p_value text, p_other text)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_type
    when 'integer' then p_value::numeric > p_other::numeric
    when 'decimal' then p_value::numeric > p_other::numeric
    when 'date' then p_value::date > p_other::date
    when 'timestamp' then p_value::timestamptz > p_other::timestamptz
  end;
end;
$$;

comment on function meta.is_above(text, text, text) is 'True when a literal of type integer, decimal, date or timestamp is above another.';

revoke all on function meta.is_above(text, text, text) from public;
