-- Subscriptions: how far each is, how late, and what stands in its way.
--
-- lag_seconds is the time since the peer was last known to have nothing more; so it grows when
-- nobody reads, too. lag_rows is what the peer had beyond the last batch.

create or replace view replica.status as
select
  s.id,
  m.code || '.' || s.code as subscription,
  s.peer,
  s.instance,
  case
    when not s.enabled then 'off'
    when p.code is null then 'no peer'
    when s.error is not null then 'failing'
    when s.transaction_id is null then 'new'
    when c.copying is not null then 'copying'
    else 'streaming'
  end as state,
  s.policy as conflict,
  c.classes,
  c.copying,
  s.transaction_id::text || '/' || s.position || case when s.piece > 0 then '/' || s.piece else '' end as position,
  s.applied,
  s.behind as lag_rows,
  round(extract(epoch from core.now() - s.caught_up), 3) as lag_seconds,
  f.conflicts,
  f.refused,
  w.waiting,
  c.unknown,
  c.missing,
  s.contacted,
  s.caught_up,
  s.failed,
  s.error
from replica.subscription as s
inner join meta.model as m on s.model_id = m.id
left join replica.peer as p on s.peer = p.code
cross join lateral (
  select
    array_agg(meta.class_path(k.class_id) order by k.position) as classes,
    (array_agg(meta.class_path(k.class_id) order by k.position) filter (where k.copied_to is not null))[1] as copying,
    coalesce(
      jsonb_object_agg(meta.class_path(k.class_id), k.unknown) filter (where k.unknown <> '{}'), '{}'
    ) as unknown,
    coalesce(
      jsonb_object_agg(meta.class_path(k.class_id), k.missing) filter (where k.missing <> '{}'), '{}'
    ) as missing
  from replica.subscribed_class as k
  where k.subscription_id = s.id
) as c
cross join lateral (
  select
    count(*) filter (where o.kind = 'conflict') as conflicts,
    count(*) filter (where o.kind = 'refused') as refused
  from replica.conflict as o
  where o.subscription_id = s.id and o.state = 'open'
) as f
cross join lateral (
  select count(*) as waiting
  from replica.pending as g
  where g.class_id in (select k.class_id from replica.subscribed_class as k where k.subscription_id = s.id)
) as w;

comment on view replica.status is 'Subscriptions with position, lag in rows and seconds, open conflicts, references that wait, and the last error.';

grant select on replica.status to pgears_admin, pgears_runner;
