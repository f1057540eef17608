-- Rights that count now: of roles that are switched on, in models where they are.
-- requires: access.group_name

create or replace view access.effective_right as
select
  r.id,
  r.role_id,
  o.code as role,
  access.group_name(o.code) as group_name,
  m.tables,
  r.model_id,
  r.kind,
  r.class_id,
  r.query_id,
  r.object,
  r.operation,
  r.structure_id,
  r.column_id,
  r.depth,
  r.hidden
from access.role_right as r
inner join access.role_model as m on r.role_id = m.role_id and r.model_id = m.model_id
inner join access.role as o on r.role_id = o.id
where o.enabled and m.enabled;

comment on view access.effective_right is 'Rights of roles that are switched on, with the group role that has them.';
