-- Ids of what a form names by the text that pages show of it: classes by path, users by name.
-- requires: meta.class_name access.account_name

create or replace function web.ids_named(p_type text, p_name text)
returns jsonb
language sql
stable
begin atomic
  select coalesce(jsonb_agg(f.id order by f.id), '[]')
  from (
    select n.id from meta.class_name as n where p_type = 'class' and n.path = p_name
    union all
    select a.id from access.account_name as a where p_type = 'reference' and a.name = p_name
  ) as f;
end;

comment on function web.ids_named(text, text) is 'Ids of classes (type class) by model.class, or of users (type reference) by the name that is shown for them.';

revoke all on function web.ids_named(text, text) from public;
grant execute on function web.ids_named(text, text) to public;
