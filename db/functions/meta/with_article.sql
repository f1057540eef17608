-- A place of meta.vocabulary as English: "a class", "an export", "a recipient group".

create or replace function meta.with_article(p_place text)
returns text
language sql
immutable
begin atomic
  select case when p_place ~ '^[aeiou]' then 'an ' else 'a ' end || replace(p_place, '_', ' ');
end;

comment on function meta.with_article(text) is 'Noun with its article, for messages.';

revoke all on function meta.with_article(text) from public;
