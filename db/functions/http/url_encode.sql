-- A value as it may stand in an address: everything but unreserved characters is escaped.

create or replace function http.url_encode(p_text text)
returns text
language sql
immutable
begin atomic
  select
    coalesce(
      string_agg(
        case
          when c.letter collate "C" ~ '^[A-Za-z0-9_.~-]$' then c.letter
          else regexp_replace(upper(encode(convert_to(c.letter, 'UTF8'), 'hex')), '(..)', '%\1', 'g')
        end,
        '' order by c.place
      ),
      ''
    )
  from regexp_split_to_table(p_text, '') with ordinality as c (letter, place);
end;

comment on function http.url_encode(text) is 'Text with everything but letters, digits, "_", ".", "~" and "-" escaped; empty for null.';

revoke all on function http.url_encode(text) from public;
