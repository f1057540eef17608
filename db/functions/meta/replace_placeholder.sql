-- Follow a renamed column in a text that names it as {{column.code}} or {{old.code}}.

create or replace function meta.replace_placeholder(p_text text, p_former text, p_code text)
returns text
language sql
immutable
begin atomic
  select regexp_replace(p_text, '(\{\{\s*(?:column|old)\.)' || p_former || '(\s*\}\})', '\1' || p_code || '\2', 'g');
end;

comment on function meta.replace_placeholder(text, text, text) is 'Text with {{column.former}} turned into {{column.code}}, likewise {{old.former}}.';

revoke all on function meta.replace_placeholder(text, text, text) from public;
