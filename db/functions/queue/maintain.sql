-- Keep the partitions of queue.finished: a day each, made some days ahead, dropped when old.
--
-- A day ends at midnight UTC. What came while a day had no partition lies in the default
-- one and is moved. Kinds that are kept shorter than the longest lose their rows singly.
-- The default partition is locked first: settling waits for moments only, or this gives up
-- after a second and is done the next time.

create or replace function queue.maintain()
returns integer
language plpgsql
volatile
security definer  -- lends: making and dropping partitions of queue.finished to runners
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
set timezone = 'UTC'
as $$
declare
  v_keep constant interval := coalesce((select max(k.keep) from queue.kind as k), interval '0');
  v_day date;
  v_partition text;
  v_kind queue.kind;
  v_count integer := 0;
begin
  if not pg_try_advisory_xact_lock('queue.finished'::regclass::oid::bigint) then
    return 0;
  end if;

  for v_day in
    select d::date
    from generate_series(current_date, current_date + 3, interval '1 day') as d
    where to_regclass(format('queue.finished_%s', to_char(d, 'YYYYMMDD'))) is null
  loop
    v_partition := format('finished_%s', to_char(v_day, 'YYYYMMDD'));
    lock table queue.finished_default in access exclusive mode;
    execute format(
      'create table queue.%I (like queue.finished including defaults including constraints)', v_partition
    );
    execute format(
      'with moved as (
        delete from queue.finished_default as f
        where f.finished >= $1 and f.finished < $2
        returning f.*
      )
      insert into queue.%I select m.* from moved as m', v_partition
    ) using v_day::timestamptz, (v_day + 1)::timestamptz;
    execute format(
      'alter table queue.finished attach partition queue.%I for values from (%L) to (%L)',
      v_partition, v_day::timestamptz, (v_day + 1)::timestamptz
    );
    v_count := v_count + 1;
  end loop;

  for v_partition in
    select c.relname
    from pg_inherits as i
    inner join pg_class as c on i.inhrelid = c.oid
    where i.inhparent = 'queue.finished'::regclass
      and c.relname ~ '^finished_[0-9]{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= now() - v_keep
      and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date
  loop
    execute format('drop table queue.%I', v_partition);
    v_count := v_count + 1;
  end loop;

  for v_kind in select k.* from queue.kind as k loop
    delete from queue.finished as f where f.finished < now() - v_kind.keep and f.kind = v_kind.kind;
  end loop;

  return v_count;
end;
$$;

comment on function queue.maintain() is
'Make and drop partitions of queue.finished and give their number; delete what each kind does not keep.';

revoke all on function queue.maintain() from public;
grant execute on function queue.maintain() to pgears_admin, pgears_runner;
