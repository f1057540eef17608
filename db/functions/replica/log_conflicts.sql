-- Keep what each conflict was about, before anything is written: common, own and incoming values.

create or replace function replica.log_conflicts(p_subscription bigint, p_class bigint, p_columns text[], p_rows json)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids constant bigint[] := array(
    select s.id
    from pg_temp.pgears_staged as s
    where s.concurrent and (s.stamp, s.origin) <> (s.local_stamp, s.local_origin)
  );
  v_me constant text := replica.instance();
  v_current jsonb[];
  v_old jsonb;
begin
  if v_ids = '{}' then
    return;
  end if;

  execute format('select array(select c.text::jsonb from (%s) as c (text))', replica.reading_statement(p_class, v_me)) into v_current using v_ids, '', null::jsonb;

  if to_regclass('data.archive_' || p_class) is not null then
    execute (
      select format(
        $sql$
        select coalesce(jsonb_object_agg(r.uid, jsonb_build_object('@version', r.version%s)), '{}')
        from data.archive_%s as r
        inner join pg_temp.pgears_staged as s
          on s.concurrent and r.id = s.id and r.version = coalesce(s.known_version, (s.vector ->> %L)::bigint)
        $sql$,
        string_agg(format(', %L, %s', k.code, k.reads), '' order by k.position), p_class, v_me
      )
      from replica.exchanged_column as k
      where k.class_id = p_class
    )
    into v_old;
  end if;

  insert into replica.conflict (
    subscription_id, class_id, uid, kind, state, found, old, current, incoming, columns, resolution, resolved
  )
  select
    p_subscription, p_class, s.uid, 'conflict', case s.outcome when 'hold' then 'open' else 'resolved' end, core.now(),
    v_old -> s.uid::text,
    (select c.row from unnest(v_current) as c (row) where c.row ->> '@uid' = s.uid::text),
    (select r.row from json_array_elements(p_rows) as r (row) where r.row ->> '@uid' = s.uid::text),
    p_columns,
    case s.outcome when 'take' then 'source' when 'keep' then 'target' end,
    case when s.outcome <> 'hold' then core.now() end
  from pg_temp.pgears_staged as s
  where s.concurrent and (s.stamp, s.origin) <> (s.local_stamp, s.local_origin)
  on conflict (subscription_id, class_id, uid) where state = 'open' do update
  set current = excluded.current, incoming = excluded.incoming, columns = excluded.columns, kind = excluded.kind;
end;
$$;

comment on function replica.log_conflicts(bigint, bigint, text[], json) is 'Make rows of replica.conflict for staged rows that were changed on both sides.';

revoke all on function replica.log_conflicts(bigint, bigint, text[], json) from public;
