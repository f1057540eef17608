-- The value of a variable at run time; a variable without one makes the mail fail.

create or replace function flow.needed(p_name text, p_value text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_value is null then
    raise exception 'the variable "%" has no value', p_name
      using errcode = 'PG426', hint = 'Give run variables to flow.send_notification(), set parameters by core.set_parameter().';
  end if;

  return p_value;
end;
$$;

comment on function flow.needed(text, text) is 'The value. Raises PG426 for null.';

revoke all on function flow.needed(text, text) from public;
