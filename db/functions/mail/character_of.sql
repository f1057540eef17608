-- The character of a code point of HTML; null for what is none that a text may hold.

create or replace function mail.character_of(p_code integer)
returns text
language sql
immutable
begin atomic
  select
    case
      when p_code in (9, 10, 13) or p_code between 32 and 126 or p_code between 160 and 55295 or p_code between 57344 and 65533 or p_code between 65536 and 1114109
        then chr(p_code)
    end;
end;

comment on function mail.character_of(integer) is 'Character of a code point; null for controls, surrogates and what is no character.';

revoke all on function mail.character_of(integer) from public;
