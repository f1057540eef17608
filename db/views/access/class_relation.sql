-- The relations of a class that rights are about: tables, links, API views.
-- requires: meta.effective_column

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
    e.class_id,
    'link',
    e.column_id,
    to_regclass('data.link_' || e.column_id)
  from meta.effective_column as e
  where e.is_array
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
