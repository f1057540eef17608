-- Metrics of calls to other systems; what is settled is not looked at.
-- requires: core.now http.target_status

create or replace view http.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_http_target_open', 'gauge', '1 while the breaker of a target is open or tries it again.'),
  ('pgears_http_calls', 'gauge', 'Calls that are not settled, by target and state (waiting, sending, held).'),
  ('pgears_http_oldest_call_seconds', 'gauge', 'Age of the oldest call of a target that is not settled; 0 when there is none.')
),

sample (name, labels, value) as (
  select 'pgears_http_target_open', jsonb_build_object('target', t.target), (t.breaker <> 'closed')::integer::double precision
  from http.target_status as t
  where t.enabled
  union all
  select 'pgears_http_calls', jsonb_build_object('target', t.target, 'state', c.state), c.number
  from http.target_status as t
  cross join lateral (values ('waiting', t.waiting), ('sending', t.sending), ('held', t.held)) as c (state, number)
  union all
  select
    'pgears_http_oldest_call_seconds',
    jsonb_build_object('target', t.target),
    coalesce(greatest(extract(epoch from core.now() - t.oldest), 0), 0)
  from http.target_status as t
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view http.metric is 'Metrics of calls to other systems: open breakers, what waits and since when.';

grant select on http.metric to pgears_admin, pgears_runner;
