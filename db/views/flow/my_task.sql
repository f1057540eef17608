-- Open tasks of whoever reads: as assignee, member of the role assigned, or deputy.
--
-- Read with the owner's rights; current_user is the account that the statement runs for. Its
-- roles are looked up once, so that indexes find its tasks among those of all.

create or replace view flow.my_task
with (security_barrier = true) as
select
  a.id,
  a.subject,
  m.code || '.' || w.code as workflow,
  i.id as instance,
  cm.code || '.' || c.code as class,
  i.record_id as record,
  a.assignee,
  array(
    select o.key
    from jsonb_object_keys(case when jsonb_typeof(v.steps -> a.step -> 'outcomes') = 'object' then v.steps -> a.step -> 'outcomes' else '{}' end) as o (key)
    order by o.key
  ) as outcomes,
  a.deadline,
  a.created
from flow.assignment as a
inner join flow.instance as i on a.instance_id = i.id
inner join flow.workflow as w on i.workflow_id = w.id
inner join flow.workflow_version as v on i.workflow_id = v.workflow_id and i.version = v.version
inner join meta.model as m on w.model_id = m.id
left join meta.class as c on i.class_id = c.id
left join meta.model as cm on c.model_id = cm.id
where a.state = 'open'
  and not exists (select from access.account as s where s.login = current_user and not s.enabled)
  and a.id = any(array(
    select t.id
    from flow.assignment as t
    where t.state = 'open'
      and t.assignee = any(array(select r.rolname::text collate "default" from pg_catalog.pg_roles as r where pg_has_role(current_user, r.oid, 'usage')))
    union all
    select t.id
    from flow.assignment as t
    where t.state = 'open' and t.deputies <> '{}'
      and t.deputies && array(select r.rolname::text collate "default" from pg_catalog.pg_roles as r where pg_has_role(current_user, r.oid, 'usage'))
  ));

comment on view flow.my_task is 'Open tasks of the current account.';

grant select on flow.my_task to public;
