-- Metrics of the web service that the database knows; those of requests are told by its processes.
-- requires: core.now core.web_service

create or replace view web.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_web_service_on', 'gauge', '1 while the web service of the instance is switched on.'),
  ('pgears_web_sessions', 'gauge', 'Sessions of people at pages that have not run out.')
),

sample (name, labels, value) as (
  select 'pgears_web_service_on', '{}'::jsonb, core.web_service()::integer::double precision
  union all
  select 'pgears_web_sessions', '{}', count(*)
  from web.session as s
  where s.expires > core.now()
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view web.metric is 'Metrics of the web service: switched on, sessions.';

grant select on web.metric to pgears_admin, pgears_runner;
