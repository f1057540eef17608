-- Give this instance another code: what it writes from now on is told from what its original wrote.
--
-- A database that was restored counts its writes from where its backup stood, and so again those
-- that others have had from it. Under the same code a new row would seem to be held by them
-- already, and one that was lost here seem to be deleted here. So each row and each deletion
-- that the feed knows is noted with the writes of the former code, as far as they are here.
-- requires: replica.state_expressions

create or replace function replica.renew_instance()
returns text
language plpgsql
volatile
security definer  -- lends: the row of replica.instance, and states of rows
set search_path = pg_catalog, pg_temp
as $$
declare
  v_former constant text := (select i.code from replica.instance as i);
  v_class record;
begin
  if v_former is null then
    return null;
  end if;

  perform pg_advisory_xact_lock('replica.row_state'::regclass::oid::bigint);

  for v_class in
    select n.id, e.*
    from meta.class_name as n
    cross join replica.state_expressions(v_former) as e
    where to_regclass('data.datarow_' || n.id) is not null
      and (
        exists (select from replica.subscribed_class as k where k.class_id = n.id)
        or exists (select from replica.reader as r where r.classes ? n.path)
      )
  loop
    execute format(
      $sql$
      insert into replica.row_state as t (class_id, uid, version, vector, stamp, origin)
      select %1$s, r.uid, r.version, %2$s, %3$s, %4$s
      from data.datarow_%1$s as r
      left join replica.row_state as s on s.class_id = %1$s and r.uid = s.uid
      where s.uid is null or s.version <> r.version or s.gone
      on conflict (class_id, uid) do update
      set
        version = excluded.version, vector = excluded.vector, stamp = excluded.stamp, origin = excluded.origin,
        merged = false, gone = false
      $sql$,
      v_class.id, v_class.vector, v_class.stamp, v_class.origin
    );

    execute format(
      $sql$
      insert into replica.row_state as t (class_id, uid, version, vector, stamp, origin, gone)
      select %1$s, d.uid, coalesce(s.version, 1), %2$s, greatest(d.changed, s.stamp + interval '1 microsecond'), %3$L, true
      from (
        select u.uid, max(c.changed) as changed
        from feed.change as c
        cross join lateral unnest(c.uids) as u (uid)
        where c.class_id = %1$s and c.operation = 'D'
        group by u.uid
      ) as d
      left join replica.row_state as s on s.class_id = %1$s and d.uid = s.uid
      where not coalesce(s.gone, false) and not exists (select from data.datarow_%1$s as r where r.uid = d.uid)
      on conflict (class_id, uid) do update
      set vector = excluded.vector, stamp = excluded.stamp, origin = excluded.origin, merged = false, gone = true
      $sql$,
      v_class.id, v_class.lost_vector, v_former
    );
  end loop;

  update replica.instance as i set code = left(replace(gen_random_uuid()::text, '-', ''), 12);
  return (select i.code from replica.instance as i);
end;
$$;

comment on function replica.renew_instance() is 'The new code; null where this instance does not replicate. Peers then want to be resynchronised (PG807).';

revoke all on function replica.renew_instance() from public, pgears_runner;
grant execute on function replica.renew_instance() to pgears_admin;
