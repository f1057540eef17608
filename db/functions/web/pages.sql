-- The classes whose records the caller may see or make, for menus: names in a language.
-- requires: access.my_seal web.pages_of

create or replace function web.pages(p_language text default null)
returns table (model text, model_name text, class text, class_name text, view text, may_insert boolean)
language sql
stable
begin atomic
  select p.model, p.model_name, p.class, p.class_name, p.view, p.may_insert
  from access.my_seal as s
  cross join lateral web.pages_of(s.account, s.seal, p_language) as p;
end;

comment on function web.pages(text) is 'Model, class, their names and API view for each class that the caller may read or add to.';

revoke all on function web.pages(text) from public;
grant execute on function web.pages(text) to public;
