-- Metrics of replication: how far behind each subscription is, and what needs a decision.
-- requires: replica.status

create or replace view replica.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_replication_failing', 'gauge', '1 while the last turn of an enabled subscription ended with an error.'),
  ('pgears_replication_lag_seconds', 'gauge', 'Time since a subscription was last known to have all of its peer.'),
  ('pgears_replication_lag_rows', 'gauge', 'Changed rows that the peer had beyond the last batch.'),
  ('pgears_replication_conflicts', 'gauge', 'Open conflicts of a subscription, by kind: conflict, or refused.')
),

sample (name, labels, value) as (
  select 'pgears_replication_failing', jsonb_build_object('subscription', s.subscription), (s.error is not null)::integer::double precision
  from replica.status as s
  where s.state <> 'off'
  union all
  select 'pgears_replication_lag_seconds', jsonb_build_object('subscription', s.subscription), s.lag_seconds
  from replica.status as s
  where s.state <> 'off' and s.lag_seconds is not null
  union all
  select 'pgears_replication_lag_rows', jsonb_build_object('subscription', s.subscription), s.lag_rows
  from replica.status as s
  where s.state <> 'off' and s.lag_rows is not null
  union all
  select 'pgears_replication_conflicts', jsonb_build_object('subscription', s.subscription, 'kind', c.kind), c.number
  from replica.status as s
  cross join lateral (values ('conflict', s.conflicts), ('refused', s.refused)) as c (kind, number)
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view replica.metric is 'Metrics of replication: lag, open conflicts, errors.';

grant select on replica.metric to pgears_admin, pgears_runner;
