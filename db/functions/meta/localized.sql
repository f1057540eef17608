-- A text that people read as an object by language: a plain text is in the default language.

create or replace function meta.localized(p_text jsonb)
returns jsonb
language sql
stable
begin atomic
  select
    case jsonb_typeof(p_text)
      when 'object' then p_text
      when 'string' then jsonb_build_object((select l.code from meta.language as l where l.is_default), p_text #>> '{}')
      else '{}'::jsonb
    end;
end;

comment on function meta.localized(jsonb) is 'Object of texts by language code from a text or such an object; {} for null.';

revoke all on function meta.localized(jsonb) from public, pgears_runner;
grant execute on function meta.localized(jsonb) to pgears_admin;
