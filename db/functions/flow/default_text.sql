-- The text of a definition in the default language; plain texts are taken as they are.

create or replace function flow.default_text(p_text jsonb)
returns text
language sql
stable
begin atomic
  select
    case jsonb_typeof(p_text)
      when 'string' then p_text #>> '{}'
      when 'object' then coalesce(
        p_text ->> (select l.code from meta.language as l where l.is_default),
        (select t.value from jsonb_each_text(p_text) as t (key, value) order by t.key limit 1)
      )
    end;
end;

comment on function flow.default_text(jsonb) is 'A text, or the default language of a text by languages; null for null.';

revoke all on function flow.default_text(jsonb) from public;
