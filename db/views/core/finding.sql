-- Checks of server and database: what holds old row versions, what was switched off by hand.
-- requires: core.environment core.now

create or replace view core.finding
as
with definition (name) as (
  values
  ('oldest transaction'), ('prepared transactions'), ('replication slots'), ('frozen rows'),
  ('invalid indexes'), ('disabled triggers'), ('statistics'), ('instance clock')
),

threshold as (
  select
    coalesce((select s.value #>> '{}' from core.setting as s where s.code = 'doctor.oldest_transaction'), '1 hour')::interval as age,
    coalesce((select s.value #>> '{}' from core.setting as s where s.code = 'doctor.transaction_age'), '1000000000')::bigint as transactions
),

ours (oid) as (
  select n.oid
  from pg_namespace as n
  inner join pg_namespace as o on o.nspname = 'core' and n.nspowner = o.nspowner
  where n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'public')
),

sample (name, state, found, mend) as (
  select
    'oldest transaction',
    'doubtful',
    format(
      'session %s of %s (%s) has a transaction open for %s: dead rows stay, the change feed waits',
      a.pid, a.usename, coalesce(nullif(a.application_name, ''), '?'), date_trunc('second', clock_timestamp() - a.xact_start)
    ),
    format('select pg_terminate_backend(%s);', a.pid)
  from pg_stat_activity as a
  cross join threshold as t
  where a.datname = current_database()
    and a.backend_type = 'client backend'
    and a.pid <> pg_backend_pid()
    and a.xact_start < clock_timestamp() - t.age
  union all
  select
    'prepared transactions',
    'doubtful',
    format('"%s" of %s waits since %s for its second half', p.gid, p.owner, date_trunc('second', p.prepared)),
    format('rollback prepared %L;', p.gid)
  from pg_prepared_xacts as p
  cross join threshold as t
  where p.database = current_database() and p.prepared < clock_timestamp() - t.age
  union all
  select
    'replication slots',
    'doubtful',
    format('slot "%s" is not read and keeps %s of write-ahead log', s.slot_name, pg_size_pretty(w.bytes)),
    format('select pg_drop_replication_slot(%L);', s.slot_name)
  from pg_replication_slots as s
  cross join lateral (
    select case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn) end as bytes
  ) as w
  where not s.active and not s.temporary and s.restart_lsn is not null and coalesce(s.database, current_database()) = current_database()
  union all
  select
    'frozen rows',
    'wrong',
    format('the oldest row is %s transactions old; at two billion the server takes no more writes', age(d.datfrozenxid)),
    'vacuum (freeze);'
  from pg_database as d
  cross join threshold as t
  where d.datname = current_database() and age(d.datfrozenxid) > t.transactions
  union all
  select
    'invalid indexes',
    'wrong',
    format('%s is not used, and keeps nothing unique', i.indexrelid::regclass),
    format('reindex index concurrently %s;', i.indexrelid::regclass)
  from pg_index as i
  inner join pg_class as c on i.indexrelid = c.oid
  where not i.indisvalid and c.relkind = 'i' and c.relnamespace in (select o.oid from ours as o)
  union all
  select
    'disabled triggers',
    'wrong',
    format('trigger "%s" of %s is switched off: what it keeps up is not kept up', t.tgname, t.tgrelid::regclass),
    format('alter table %s enable trigger %I;', t.tgrelid::regclass, t.tgname)
  from pg_trigger as t
  inner join pg_class as c on t.tgrelid = c.oid
  where t.tgenabled = 'D' and t.tgparentid = 0 and c.relnamespace in (select o.oid from ours as o)
  union all
  select
    'statistics',
    'doubtful',
    format('%s does not see transactions of other accounts, so metrics leave them out', current_user),
    format('grant pg_monitor to %I;', current_user)
  where pg_has_role(current_user, 'pgears_runner', 'usage') and not pg_has_role(current_user, 'pg_read_all_stats', 'usage')
  union all
  select
    'instance clock',
    'doubtful',
    format('moved by %s against real time', c.ahead),
    'select core.set_clock(null);'
  from core.clock as c
  where c.ahead <> interval '0'
)

select d.name, s.state, s.found, s.mend
from definition as d
left join sample as s using (name);

comment on view core.finding is
'Checks of server and database: open transactions, slots, invalid indexes, disabled triggers; thresholds are settings doctor.*.';

grant select on core.finding to pgears_admin, pgears_runner;
