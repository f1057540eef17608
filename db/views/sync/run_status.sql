-- Runs of synchronisations with their numbers and how they ended.

create or replace view sync.run_status as
select
  r.id,
  m.code || '.' || d.code as sync,
  r.cause,
  r.starter,
  r.plan,
  r.state,
  r.compare,
  r.read,
  r.inserted,
  r.updated,
  r.deleted,
  r.started,
  r.ended,
  r.error,
  r.samples,
  (
    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('key', p.key, 'column', p.column_code, 'value', p.value, 'reason', p.reason)) order by p.id)
    from sync.problem as p
    where p.run_id = r.id
  ) as problems
from sync.run as r
inner join sync.definition as d on r.definition_id = d.id
inner join meta.model as m on d.model_id = m.id;

comment on view sync.run_status is 'Runs of synchronisations: who started them, what they wrote, samples of a plan, problems with rows.';

grant select on sync.run_status to pgears_admin, pgears_runner;
