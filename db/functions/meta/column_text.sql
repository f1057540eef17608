-- SQL expression that turns a stored value into text, '' for null.
--
-- Only immutable conversions: the expression may stand in a generated column.

create or replace function meta.column_text(p_column text, p_sql_type text)
returns text
language sql
immutable
parallel safe
begin atomic
  select
    format(
      case p_sql_type
        when 'text' then 'coalesce(%s, '''')'
        when 'date' then 'coalesce(meta.date_text(%s), '''')'
        when 'timestamptz' then 'coalesce(meta.timestamp_text(%s), '''')'
        else 'coalesce(%s::text, '''')'
      end,
      p_column
    );
end;

comment on function meta.column_text(text, text) is 'Immutable SQL expression for the text of a column reference of this SQL type.';

revoke all on function meta.column_text(text, text) from public;
