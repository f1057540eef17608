-- Metrics of the server and the database: size, connections, what holds old row versions.
--
-- Sizes of archives are those of the last vacuum or analyze: asking for exact ones would
-- wait for the lock of whoever alters a class. Sessions of others show their transactions
-- to members of pg_monitor only.
-- requires: core.environment core.integration core.now

create or replace view core.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_info', 'gauge', 'Always 1; the labels say environment, revision and version of the server.'),
  ('pgears_integration_on', 'gauge', '1 while the instance may reach other systems.'),
  ('pgears_clock_ahead_seconds', 'gauge', 'Seconds by which the clock of the instance was moved ahead; 0 is real time.'),
  ('pgears_database_bytes', 'gauge', 'Size of the database.'),
  ('pgears_archive_bytes', 'gauge', 'Size of all archives of classes, as of their last vacuum or analyze.'),
  ('pgears_connections', 'gauge', 'Sessions in this database, by state.'),
  ('pgears_connections_max', 'gauge', 'Sessions that the server allows.'),
  ('pgears_oldest_transaction_seconds', 'gauge', 'Age of the oldest open transaction in this database.'),
  ('pgears_prepared_transaction_seconds', 'gauge', 'Age of the oldest prepared transaction.'),
  ('pgears_replication_slot_retained_bytes', 'gauge', 'Write-ahead log that a replication slot keeps.'),
  ('pgears_transaction_age', 'gauge', 'Transactions since the oldest row of the database was frozen.')
),

sample (name, labels, value) as (
  select
    'pgears_info',
    jsonb_build_object(
      'environment', core.environment(),
      'revision', coalesce((select v.version_num from core.alembic_version as v), ''),
      'server', current_setting('server_version_num')::integer / 10000
    ),
    1::double precision
  union all
  select 'pgears_integration_on', '{}', core.integration()::integer
  union all
  select 'pgears_clock_ahead_seconds', '{}', extract(epoch from core.now() - now())
  union all
  select 'pgears_database_bytes', '{}', pg_database_size(current_database())
  union all
  select 'pgears_archive_bytes', '{}', coalesce(sum(p.relpages::bigint), 0) * current_setting('block_size')::bigint
  from pg_class as c
  inner join lateral (
    select c.relpages
    union all
    select i.relpages
    from pg_index as x
    inner join pg_class as i on x.indexrelid = i.oid
    where x.indrelid = c.oid
    union all
    select t.relpages
    from pg_class as t
    where t.oid = c.reltoastrelid
  ) as p on true
  where c.relnamespace = 'data'::regnamespace and c.relkind = 'r' and c.relname like 'archive\_%'
  union all
  select 'pgears_connections', jsonb_build_object('state', coalesce(a.state, 'other')), count(*)
  from pg_stat_activity as a
  where a.datname = current_database()
  group by a.state
  union all
  select 'pgears_connections_max', '{}', current_setting('max_connections')::double precision
  union all
  select 'pgears_oldest_transaction_seconds', '{}', coalesce(extract(epoch from max(clock_timestamp() - a.xact_start)), 0)
  from pg_stat_activity as a
  where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
  union all
  select 'pgears_prepared_transaction_seconds', '{}', coalesce(extract(epoch from max(clock_timestamp() - p.prepared)), 0)
  from pg_prepared_xacts as p
  where p.database = current_database()
  union all
  select
    'pgears_replication_slot_retained_bytes',
    jsonb_build_object('slot', s.slot_name),
    case when pg_is_in_recovery() then 0 else pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn) end
  from pg_replication_slots as s
  where s.restart_lsn is not null
  union all
  select 'pgears_transaction_age', '{}', age(d.datfrozenxid)
  from pg_database as d
  where d.datname = current_database()
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view core.metric is 'Metrics of server and database; pg_monitor is needed to see transactions of other accounts.';

grant select on core.metric to pgears_admin, pgears_runner;
