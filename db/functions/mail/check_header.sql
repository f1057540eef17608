-- Refuse a value that would end its header line and begin another.
--
-- All characters that any reader of mail takes for a line break, not CR and LF only, and the
-- other control characters except the tab.

create or replace function mail.check_header(p_header text, p_value text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_value ~ '[\u0001-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]' then
    raise exception 'the % of a mail holds a line break or control character', p_header
      using
        errcode = 'PG403',
        detail = left(regexp_replace(p_value, '[\u0001-\u001f\u007f-\u009f\u2028\u2029]', '?', 'g'), 200),
        hint = 'Headers are single lines; take the line break out of the value.';
  end if;
end;
$$;

comment on function mail.check_header(text, text) is
'Do nothing for a value fit for a header, null included. Raises PG403 for line breaks and control characters.';

revoke all on function mail.check_header(text, text) from public;
