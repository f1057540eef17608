-- A section of a model file; one that is left out or empty is {}.

create or replace function meta.section_of(p_definition jsonb, p_key text)
returns jsonb
language sql
immutable
parallel safe
begin atomic
  select case jsonb_typeof(p_definition -> p_key) when 'object' then p_definition -> p_key else '{}'::jsonb end;
end;

comment on function meta.section_of(jsonb, text) is 'Object under a key; {} when the key is missing or null.';

revoke all on function meta.section_of(jsonb, text) from public;
