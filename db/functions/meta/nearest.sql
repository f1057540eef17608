-- The word that a misspelt one was probably meant to be, as the beginning of a hint.
-- requires: meta.distance

create or replace function meta.nearest(p_word text, p_known text[])
returns text
language sql
immutable
begin atomic
  select coalesce(
    (
      select format('Did you mean "%s"? ', k.word)
      from unnest(p_known) as k (word)
      where octet_length(p_word) <= 63 and meta.distance(p_word, k.word) <= 1 + char_length(p_word) / 4
      order by meta.distance(p_word, k.word), k.word
      limit 1
    ),
    ''
  );
end;

comment on function meta.nearest(text, text[]) is 'Text "Did you mean ...? " with the nearest known word, or an empty one.';

revoke all on function meta.nearest(text, text[]) from public;
