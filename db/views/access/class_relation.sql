-- The relations of a class that rights are about: tables, links, API views.
-- requires: meta.ancestry

create or replace view access.class_relation as
select
  t.class_id,
  t.kind,
  t.column_id,
  t.relation
from (
  select
    c.id as class_id,
    'rows' as kind,
    null::bigint as column_id,
    to_regclass('data.datarow_' || c.id) as relation
  from meta.class as c
  union all
  select
    c.id,
    'archive',
    null,
    to_regclass('data.archive_' || c.id)
  from meta.class as c
  union all
  select
    a.class_id,
    'link',
    k.id,
    l.oid::regclass
  from pg_catalog.pg_class as l
  inner join meta.class_column as k
    on k.id = case when l.relname ~ '^link_[0-9]+$' then substr(l.relname::text, 6)::bigint end
  inner join meta.ancestry as a on k.class_id = a.ancestor_id
  where l.relnamespace = 'data'::regnamespace and l.relkind = 'r' and l.relname >= 'link_' and l.relname < 'link`'
  union all
  select
    v.object_id,
    case v.kind when 'class' then 'view' else 'all' end,
    null,
    to_regclass(format('api.%I', v.name))
  from meta.api_view as v
  where v.kind in ('class', 'all')
) as t
where t.relation is not null;

comment on view access.class_relation is
'Relations by class and kind: rows, archive, link (of the class and its family), view, all.';
