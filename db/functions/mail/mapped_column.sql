-- Entries of all mappings, and whether each fills a column of a class or looks rows up by it.
--
-- A column belongs to the class that it was added to and to all that inherit from it.
-- requires: meta.ancestry

create or replace function mail.mapped_column(p_class bigint, p_code text)
returns table (mailbox_id bigint, key text, value text, fills boolean, looks_up boolean)
language sql
stable
begin atomic
  select
    b.id,
    m.key,
    m.value,
    m.key = p_code and exists (
      select from meta.ancestry as a where a.class_id = b.class_id and a.ancestor_id = p_class
    ),
    coalesce(l.path[2] = p_code, false) and exists (
      select
      from meta.class as c
      inner join meta.model as o on c.model_id = o.id
      inner join meta.ancestry as a on c.id = a.class_id
      where a.ancestor_id = p_class
        and l.path[1] in (o.code || '.' || c.code, case when c.model_id = b.model_id then c.code end)
    )
  from mail.mailbox as b
  cross join lateral jsonb_each_text(b.definition -> 'mapping') as m (key, value)
  left join lateral regexp_match(m.value, '->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*$') as l (path) on true;
end;

comment on function mail.mapped_column(bigint, text) is
'Entries of mappings of all mailboxes, with whether each fills the column of the class or looks rows up by it.';

revoke all on function mail.mapped_column(bigint, text) from public;
