-- Language of the account that has an address, as far as the texts have it.

create or replace function flow.language_of(p_address text, p_languages text[])
returns text
language sql
stable
begin atomic
  select l.code
  from access.account as a
  inner join unnest(p_languages) as l (code) on l.code in (a.language, split_part(a.language, '-', 1))
  where lower(a.email) = lower(p_address)
  order by a.enabled desc, a.id, l.code = a.language desc
  limit 1;
end;

comment on function flow.language_of(text, text[]) is 'Language of the account of an address among those given, cs for cs-CZ too; null for none.';

revoke all on function flow.language_of(text, text[]) from public;
