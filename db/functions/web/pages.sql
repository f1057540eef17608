-- The classes whose records the caller may see or make, for menus: names in a language.
-- requires: access.current_account access.may flow.language_text meta.class_name

create or replace function web.pages(p_language text default null)
returns table (model text, model_name text, class text, class_name text, view text, may_insert boolean)
language sql
stable
security definer  -- lends: reading names of classes to whoever may read their records
begin atomic
  select
    m.code,
    coalesce(flow.language_text(m.name, p_language), m.code),
    c.code,
    coalesce(flow.language_text(c.name, p_language), c.code),
    format('%s_%s', m.code, c.code),
    access.may(a.login, 'class', n.path, 'insert')
  from (select access.current_account() as login) as a
  cross join meta.class as c
  inner join meta.model as m on c.model_id = m.id
  inner join meta.class_name as n on c.id = n.id
  where access.may(a.login, 'class', n.path, 'read') or access.may(a.login, 'class', n.path, 'insert')
  order by 2, 4;
end;

comment on function web.pages(text) is 'Model, class, their names and API view for each class that the caller may read or add to.';

revoke all on function web.pages(text) from public;
grant execute on function web.pages(text) to public;
