-- The language of texts where none, or an unknown one, is asked for.

create or replace function web.default_language()
returns text
language sql
stable
security definer  -- lends: reading one row of meta.language
begin atomic
  select l.code from meta.language as l where l.is_default;
end;

comment on function web.default_language() is 'Code of the default language.';

revoke all on function web.default_language() from public;
grant execute on function web.default_language() to pgears_admin, pgears_web;
