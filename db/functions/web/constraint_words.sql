-- What a key or reference has refused, for whoever wrote by HTTP or by a page.
-- requires: meta.constraint_words

create or replace function web.constraint_words(p_table text, p_constraint text)
returns text
language sql
stable
security definer  -- lends: the codes of the class that has refused a row of the caller
begin atomic
  select meta.constraint_words(p_table, p_constraint);
end;

comment on function web.constraint_words(text, text) is
'What a key or reference of a table in schema data has refused, by codes; null for another constraint.';

-- It is asked by the account whose row was refused.
revoke all on function web.constraint_words(text, text) from public;
grant execute on function web.constraint_words(text, text) to public;
