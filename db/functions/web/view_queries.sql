-- Parsed queries of views that are not made from a class: they tell where columns come from.

create or replace function web.view_queries(p_schemas text[])
returns table (id oid, query text)
language sql
stable
security definer  -- lends: reading definitions to the web service
begin atomic
  select
    c.oid,
    r.ev_action::text
  from pg_rewrite as r
  inner join pg_class as c on r.ev_class = c.oid
  inner join pg_namespace as n on c.relnamespace = n.oid
  where n.nspname = any(p_schemas) and r.rulename = '_RETURN' and c.relkind in ('v', 'm')
    and not exists (
      select from meta.api_view as v where n.nspname = 'api' and v.name = c.relname and v.kind in ('class', 'all')
    );
end;

comment on function web.view_queries(text[]) is 'Views of these schemas with their parsed queries, API views of classes left out.';

revoke all on function web.view_queries(text[]) from public;
grant execute on function web.view_queries(text[]) to pgears_admin, pgears_web;
