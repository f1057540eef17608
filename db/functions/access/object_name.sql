-- The present name of an object in the form in which it was written: code, or model.code.

create or replace function access.object_name(p_written text, p_model text, p_code text)
returns text
language sql
immutable
begin atomic
  select case when p_written like '%.%' then p_model || '.' || p_code else p_code end;
end;

comment on function access.object_name(text, text, text) is 'Code, or model.code when the former name had a dot.';

revoke all on function access.object_name(text, text, text) from public;
