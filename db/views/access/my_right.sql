-- Rights on scripts, workflows, jobs and the like of whoever reads.
--
-- As access.my_scope: read with the owner's rights, and only what is the reader's own, because
-- current_user is the account that the statement runs for.

create or replace view access.my_right
with (security_barrier = true) as
select distinct
  r.kind,
  r.object,
  r.operation
from access.role_right as r
inner join access.role_model as m on r.role_id = m.role_id and r.model_id = m.model_id
inner join access.role as o on r.role_id = o.id
inner join pg_catalog.pg_roles as g on g.rolname = current_database() || '.' || o.code
where r.object is not null and o.enabled and m.enabled and pg_has_role(current_user, g.oid, 'usage');

comment on view access.my_right is 'Rights of the current account on objects that are named by code: kind, model.code, operation.';

grant select on access.my_right to public;
