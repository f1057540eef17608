-- Metrics of the change feed: what its readers have not read, and what keeps them from it.
--
-- Both look at one row by the primary key, which is in the readers' order.

create or replace view feed.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_feed_horizon_seconds', 'gauge', 'How long the oldest committed change has waited for an older transaction to end before it can be read.'),
  ('pgears_feed_unread_seconds', 'gauge', 'Age of the oldest change that a reader of the feed has not confirmed; 0 when it has all.')
),

sample (name, labels, value) as (
  select 'pgears_feed_horizon_seconds', '{}'::jsonb, coalesce(greatest(extract(epoch from now() - (
    select c.changed
    from feed.change as c
    where c.transaction_id >= pg_snapshot_xmin(pg_current_snapshot())
    order by c.transaction_id, c.position
    limit 1
  )), 0), 0)::double precision
  union all
  select
    'pgears_feed_unread_seconds',
    jsonb_build_object('reader', r.code),
    coalesce(greatest(extract(epoch from now() - f.changed), 0), 0)
  from feed.consumer as r
  left join lateral (
    select c.changed
    from feed.change as c
    where (c.transaction_id, c.position) > (r.transaction_id, r.position)
    order by c.transaction_id, c.position
    limit 1
  ) as f on true
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view feed.metric is 'Metrics of the change feed: unread changes of each reader, age of the horizon.';

grant select on feed.metric to pgears_admin, pgears_runner;
