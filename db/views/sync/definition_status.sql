-- Synchronisations and what became of the last run.

create or replace view sync.definition_status as
select
  m.code || '.' || d.code as sync,
  meta.class_path(d.class_id) as class,
  d.definition ->> 'direction' as direction,
  coalesce(d.definition ->> 'table', 'select') as other_side,
  d.definition ->> 'url' as url,
  d.enabled,
  d.position ->> 'value' as position,
  d.lease_until > core.now() as running,
  r.state as last_state,
  coalesce(r.ended, r.started, r.created) as last_run,
  r.error as last_error
from sync.definition as d
inner join meta.model as m on d.model_id = m.id
left join lateral (
  select l.*
  from sync.run as l
  where l.definition_id = d.id and not l.plan
  order by l.id desc
  limit 1
) as r on true;

comment on view sync.definition_status is 'Synchronisations with both sides, the watermark and the last run that was no plan.';

grant select on sync.definition_status to pgears_admin, pgears_runner;
