-- What pages need to know of a class: its names, columns, rights of the caller, and its page.
-- requires: access.my_seal web.class_page

create or replace function web.page_class(p_model text, p_class text, p_language text default null)
returns jsonb
language sql
stable
begin atomic
  select web.class_page(s.account, s.seal, p_model, p_class, p_language) from access.my_seal as s;
end;

comment on function web.page_class(text, text, text) is
'Names, columns, page and the caller''s rights of a class, for drawing its pages; null without a right to read or insert.';

revoke all on function web.page_class(text, text, text) from public;
grant execute on function web.page_class(text, text, text) to public;
