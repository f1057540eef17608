-- A text of a definition in one language, else in the default language.
-- requires: flow.default_text

create or replace function flow.language_text(p_text jsonb, p_language text)
returns text
language sql
stable
begin atomic
  select case when jsonb_typeof(p_text) = 'object' and p_text ? p_language then p_text ->> p_language else flow.default_text(p_text) end;
end;

comment on function flow.language_text(jsonb, text) is 'Text in a language, or in the default language; null for null.';

revoke all on function flow.language_text(jsonb, text) from public;
