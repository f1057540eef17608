-- A value for a header: line breaks and other control characters become spaces.

create or replace function flow.one_line(p_value text)
returns text
language sql
immutable
parallel safe
begin atomic
  select regexp_replace(p_value, '[\u0001-\u001f\u007f-\u009f\u2028\u2029]+', ' ', 'g');
end;

comment on function flow.one_line(text) is 'Text without line breaks and control characters; null for null.';

revoke all on function flow.one_line(text) from public;
