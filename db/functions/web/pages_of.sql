-- The classes whose records the account of a seal may see or make; behind web.pages().
-- requires: access.may access.sealed_account flow.language_text meta.class_name

create or replace function web.pages_of(p_account text, p_seal text, p_language text)
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
  from (select access.sealed_account(p_account, p_seal) as login) as a
  cross join meta.class as c
  inner join meta.model as m on c.model_id = m.id
  inner join meta.class_name as n on c.id = n.id
  where access.may(a.login, 'class', n.path, 'read') or access.may(a.login, 'class', n.path, 'insert')
  order by 2, 4;
end;

comment on function web.pages_of(text, text, text) is 'Classes as web.pages() gives them. Raises PG008 for a wrong seal.';

-- It believes the seal alone.
revoke all on function web.pages_of(text, text, text) from public;
grant execute on function web.pages_of(text, text, text) to public;
