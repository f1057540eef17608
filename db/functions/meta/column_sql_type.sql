-- The PostgreSQL type in which a column type is stored; null where nothing is stored.

create or replace function meta.column_sql_type(p_type text, p_definition jsonb)
returns text
language sql
immutable
parallel safe
begin atomic
  select
    case
      when coalesce((p_definition ->> 'localized')::boolean, false) then 'jsonb'
      when t.type in ('text', 'middle_text', 'long_text', 'html', 'colour', 'picture') then 'text'
      when t.type = 'integer' then 'bigint'
      when t.type = 'decimal' then 'numeric'
      when t.type = 'boolean' then 'boolean'
      when t.type = 'date' then 'date'
      when t.type = 'timestamp' then 'timestamptz'
      when t.type = 'guid' then 'uuid'
      when t.type = 'class' then 'bigint'
      when t.type in ('reference', 'file')
        then case when coalesce((p_definition ->> 'multiple')::boolean, false) then 'bigint[]' else 'bigint' end
    end
  from (select case when p_type = 'calculated' then p_definition ->> 'result' else p_type end as type) as t;
end;

comment on function meta.column_sql_type(text, jsonb) is
'PostgreSQL type of a column of this type and definition; null for a reverse reference.';

revoke all on function meta.column_sql_type(text, jsonb) from public;
