-- Imports with their last run.
-- requires: meta.class_path

create or replace view batch.import_status as
select
  i.id,
  m.code || '.' || i.code as import,
  meta.class_path(i.class_id) as class,
  coalesce(i.definition ->> 'format', 'csv') as format,
  i.enabled,
  i.integration,
  i.definition ->> 'folder' as folder,
  r.id as last_run,
  r.state as last_state,
  coalesce(r.started, r.created) as last_started
from batch.import as i
inner join meta.model as m on i.model_id = m.id
left join lateral (
  select l.*
  from batch.import_run as l
  where l.import_id = i.id
  order by l.id desc
  limit 1
) as r on true;

comment on view batch.import_status is 'Imports and what became of their last run.';

grant select on batch.import_status to pgears_admin, pgears_runner;
