-- What a value that cannot be converted is not, in words.

create or replace function batch.cell_refusal(p_sql_type text, p_definition jsonb)
returns text
language sql
immutable
begin atomic
  select
    case p_sql_type
      when 'bigint' then 'is not a whole number'
      when 'numeric' then 'is not a number' || case p_definition ->> 'decimal' when ',' then ' with a decimal comma' else '' end
      when 'date' then 'is not a date of the form ' || coalesce(p_definition ->> 'date', '2026-12-31')
      when 'timestamptz' then 'is not a time of the form ' || coalesce(p_definition ->> 'timestamp', '2026-12-31T23:59:00+01')
      when 'boolean' then 'is neither yes nor no'
      when 'uuid' then 'is not a GUID'
      when 'jsonb' then 'is not an object of texts by language'
      else 'cannot be read'
    end;
end;

comment on function batch.cell_refusal(text, jsonb) is 'Words for a value that is not of the type of its column.';

revoke all on function batch.cell_refusal(text, jsonb) from public;
