-- A text that changes whenever what the web service serves changes.
--
-- Made of transaction ids and places of catalogue rows, so that changes of views and tables of one's
-- own show as well, without triggers on anybody's part.

create or replace function web.catalogue_version(p_schemas text[])
returns text
language sql
stable
security definer  -- lends: reading definitions to the web service
begin atomic
  with exposed as (
    select c.oid, c.xmin, c.ctid
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname = any(p_schemas) and c.relkind in ('r', 'v', 'm', 'f', 'p')
  )

  select md5(concat_ws(
    '|',
    (select string_agg(concat_ws(' ', e.oid, e.xmin, e.ctid), ',' order by e.oid) from exposed as e),
    (
      select sum(hashtextextended(concat_ws(' ', a.attrelid, a.attnum, a.xmin, a.ctid), 0))
      from exposed as e
      inner join pg_attribute as a on e.oid = a.attrelid
    ),
    (
      select sum(hashtextextended(concat_ws(' ', k.oid, k.xmin, k.ctid), 0))
      from pg_constraint as k
      inner join exposed as e on k.conrelid = e.oid
    ),
    (
      select sum(hashtextextended(concat_ws(' ', p.oid, p.xmin, p.ctid), 0))
      from pg_proc as p
      inner join pg_namespace as n on p.pronamespace = n.oid
      where n.nspname = any(p_schemas)
    ),
    (select sum(hashtextextended(concat_ws(' ', c.id, c.xmin, c.ctid), 0)) from meta.class as c),
    (select sum(hashtextextended(concat_ws(' ', k.id, k.xmin, k.ctid), 0)) from meta.class_key as k),
    (select sum(hashtextextended(concat_ws(' ', v.name, v.xmin, v.ctid), 0)) from meta.api_view as v)
  ));
end;

comment on function web.catalogue_version(text[]) is 'Changes whenever tables, views, functions, keys or classes behind these schemas do.';

revoke all on function web.catalogue_version(text[]) from public;
grant execute on function web.catalogue_version(text[]) to pgears_admin, pgears_web;
