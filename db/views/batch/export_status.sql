-- Exports with their last run.
-- requires: meta.class_path

create or replace view batch.export_status as
select
  e.id,
  m.code || '.' || e.code as export,
  coalesce(meta.class_path(e.class_id), 'query ' || (e.definition ->> 'query')) as source,
  coalesce(e.definition ->> 'format', 'csv') as format,
  e.enabled,
  e.integration,
  e.definition ->> 'folder' as folder,
  r.id as last_run,
  r.state as last_state,
  coalesce(r.started, r.created) as last_started
from batch.export as e
inner join meta.model as m on e.model_id = m.id
left join lateral (
  select l.*
  from batch.export_run as l
  where l.export_id = e.id
  order by l.id desc
  limit 1
) as r on true;

comment on view batch.export_status is 'Exports and what became of their last run.';

grant select on batch.export_status to pgears_admin, pgears_runner;
