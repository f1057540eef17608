-- A value as text of HTML: markup in it is shown, not obeyed; its lines stay lines.

create or replace function flow.escape_html(p_value text)
returns text
language sql
immutable
parallel safe
begin atomic
  select
    replace(replace(replace(replace(replace(replace(replace(
      p_value, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;'), e'\r\n', e'\n'), e'\n', e'<br>\n'
    );
end;

comment on function flow.escape_html(text) is 'Text with the characters of HTML escaped and line breaks as <br>; null for null.';

revoke all on function flow.escape_html(text) from public;
