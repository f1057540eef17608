-- Conflicts and refused rows, with the three values of what differs.
--
-- Values show to those who may read the class; administrators without a role see that there
-- is a conflict.
-- requires: replica.may_read

create or replace view replica.conflict_status as
select
  c.id,
  m.code || '.' || s.code as subscription,
  n.path as class,
  c.uid,
  c.kind,
  c.state,
  c.found,
  c.reason,
  case when a.reads then d.differences end as differences,
  case when a.reads then c.old end as old,
  case when a.reads then c.current end as current,
  case when a.reads then c.incoming end as incoming,
  c.resolution,
  c.resolved,
  c.resolver
from replica.conflict as c
inner join replica.subscription as s on c.subscription_id = s.id
inner join meta.model as m on s.model_id = m.id
inner join meta.class_name as n on c.class_id = n.id
cross join lateral (select replica.may_read(access.current_account(), n.path) as reads) as a
cross join lateral (
  select jsonb_object_agg(k.code, jsonb_build_object('old', c.old -> k.code, 'current', c.current -> k.code, 'incoming', c.incoming -> k.code)) as differences
  from unnest(array_append(c.columns, '@deleted')) as k (code)
  where c.current -> k.code is distinct from c.incoming -> k.code
) as d;

comment on view replica.conflict_status is 'Rows changed on both sides (conflict) or not accepted here (refused), with old, current and incoming values.';

grant select on replica.conflict_status to pgears_admin;
