-- Take in rows of one class, set-based: stage, compare, write, note what each row now holds.
--
-- A row that covers ours is taken, one that ours covers is passed over. Where neither covers
-- the other, both were changed since they were last the same: the policy says who wins, and
-- the winner covers both from then on. A row that was here and is gone counts as a write.
-- The comparison is made without locks: a writer that comes between fails the batch, which is
-- then tried again (40001).

create or replace function replica.apply_rows(p_subscription replica.subscription, p_class bigint, p_columns text[], p_rows json, p_policy text)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_logical constant boolean := (select c.deletion = 'logical' from meta.class as c where c.id = p_class);
  v_delete constant text := 'delete from data.datarow_%s as t using pg_temp.pgears_staged as s where t.uid = s.uid and t.deleted is null'
    ' and s.takes and (s.gone or s.deleted is not null) and %s';
  v_names text;
  v_values text;
  v_references text;
  v_counts record;
  v_count bigint;
  v_missed bigint := 0;
begin
  perform replica.stage_rows(p_class, p_columns, p_rows, p_policy, replica.instance());
  perform replica.log_conflicts(p_subscription.id, p_class, p_columns, p_rows);

  select
    string_agg(', ' || l.name, '' order by l.position, l.name),
    string_agg(', s.' || l.name, '' order by l.position, l.name)
  into v_names, v_values
  from (
    select k.position, quote_ident(k.physical) as name
    from replica.exchanged_column as k
    where k.class_id = p_class and k.code = any(p_columns)
    union all
    select k.position, quote_ident(k.physical || '_class')
    from replica.exchanged_column as k
    where k.class_id = p_class and k.code = any(p_columns) and k.several
  ) as l;

  select
    count(*) filter (where s.takes and s.id is null and not s.gone) as inserted,
    count(*) filter (
      where s.takes and (s.gone or s.deleted is not null) and (s.local_live or s.id is null and v_logical and not s.gone)
    ) as deleted,
    count(*) filter (where s.takes and s.id is not null) as taken,
    count(*) filter (
      where s.takes and not s.gone and (v_logical or s.deleted is null) and (s.id is not null or s.deleted is not null)
    ) as updated,
    count(*) filter (where s.outcome = 'keep') as kept,
    count(*) filter (where s.outcome = 'keep' and s.id is not null) as touched,
    count(*) filter (where s.outcome <> 'skip') as noted
  into v_counts
  from pg_temp.pgears_staged as s;

  -- Deletion is a DELETE here too, so that whatever follows deletions follows. It comes first: a
  -- row that is new may have the key of one that is gone.
  if v_counts.deleted > 0 then
    execute format(v_delete, p_class, 't.version = s.local_version');
    get diagnostics v_count = row_count;
    v_missed := v_counts.deleted - v_count;
  end if;

  if v_counts.inserted > 0 then
    execute format(
      $sql$
      insert into data.datarow_%1$s (uid, version, creator, created, created_source, modifier, modified, modified_source%2$s)
      select s.uid, s.new_version, s.creator, s.created, s.created_source, s.modifier, s.modified, s.modified_source%3$s
      from pg_temp.pgears_staged as s
      where s.takes and s.id is null and not s.gone%4$s
      $sql$,
      p_class, coalesce(v_names, ''), coalesce(v_values, ''), case when v_logical then '' else ' and s.deleted is null' end
    );
  end if;

  if v_missed > 0 and v_logical then
    execute format(v_delete, p_class, 's.id is null');
    get diagnostics v_count = row_count;
    v_missed := v_missed - v_count;
  end if;

  -- While nothing was moved above, rows are where they were found: that saves a search for each.
  if v_counts.updated > 0 then
    execute format(
      $sql$
      update data.datarow_%1$s as t
      set
        (version, creator, created, created_source, modifier, modified, modified_source, deleter, deleted, deleted_source%2$s)
        = row(
          s.new_version, s.creator, s.created, s.created_source, s.modifier, s.modified, s.modified_source,
          s.deleter, s.deleted, s.deleted_source%3$s
        )
      from pg_temp.pgears_staged as s
      where %4$s and s.takes and not s.gone and (
        case
          when s.id is null then s.deleted is not null
          else t.version = s.local_version + case when s.deleted is not null and s.local_live then 1 else 0 end
        end
      )
      $sql$,
      p_class, coalesce(v_names, ''), coalesce(v_values, ''),
      case when v_counts.inserted + v_counts.deleted = 0 then 't.ctid = s.place and t.uid = s.uid' else 't.uid = s.uid' end
    );
    get diagnostics v_count = row_count;
    v_missed := v_missed + v_counts.updated - v_count;
  end if;

  -- A row gone for good elsewhere is marked as deleted in a class that keeps deleted rows.
  if v_logical and v_counts.taken > 0 then
    execute format(
      $sql$
      update data.datarow_%s as t
      set version = s.new_version, deleted = s.stamp, deleted_source = 'replica'
      from pg_temp.pgears_staged as s
      where t.uid = s.uid and s.takes and s.gone and s.id is not null
      $sql$,
      p_class
    );
  end if;

  -- What stays here still is news: it covers the other row now. Id 0 is of a row that is gone.
  if v_counts.kept > 0 then
    execute format(
      'update data.datarow_%s as t set version = s.new_version from pg_temp.pgears_staged as s'
      ' where t.uid = s.uid and s.outcome = ''keep'' and t.version = s.local_version',
      p_class
    );
    get diagnostics v_count = row_count;
    v_missed := v_missed + v_counts.touched - v_count;

    insert into feed.change (class_id, operation, row_ids, uids, source)
    select p_class, 'D', array_agg(0), array_agg(s.uid), 'replica'
    from pg_temp.pgears_staged as s
    where s.outcome = 'keep' and s.id is null
    having count(*) > 0;
  end if;

  if v_missed <> 0 then
    raise exception '% rows were written by others meanwhile', v_missed
      using errcode = 'serialization_failure', hint = 'Apply the batch again.';
  end if;

  if v_counts.noted > 0 then
    insert into replica.row_state as r (class_id, uid, version, vector, stamp, origin, merged, gone)
    select
      p_class, s.uid, s.new_version, s.new_vector,
      case when s.takes then s.stamp else s.local_stamp end,
      case when s.takes then s.origin else s.local_origin end,
      s.concurrent,
      case when s.takes then (s.gone or s.deleted is not null) and (not v_logical or s.id is null and s.gone) else s.id is null end
    from pg_temp.pgears_staged as s
    where s.takes or s.outcome = 'keep'
    on conflict (class_id, uid) do update
    set
      version = excluded.version, vector = excluded.vector, stamp = excluded.stamp, origin = excluded.origin,
      merged = excluded.merged, gone = excluded.gone;

    delete from replica.pending as p
    using pg_temp.pgears_staged as s
    where p.class_id = p_class and p.uid = s.uid and s.takes;

    select string_agg(
      format(
        '(%s, s.%I, s.%I, %s)', k.column_id, 'carried_' || k.physical, 'lacks_' || k.physical,
        case when k.is_array then format('s.%I', k.physical) else 'null::bigint[]' end
      ), ', '
    )
    into v_references
    from replica.exchanged_column as k
    where k.class_id = p_class and k.code = any(p_columns) and k.kind <> 'value';

    if v_references is not null then
      execute format(
        $sql$
        insert into replica.pending (class_id, uid, column_id, value, put)
        select %s, s.uid, c.column_id, c.value, c.put
        from pg_temp.pgears_staged as s
        cross join lateral (values %s) as c (column_id, value, lacks, put)
        where s.takes and not s.gone and c.lacks
        $sql$,
        p_class, v_references
      );
    end if;
  end if;

  update replica.conflict as c
  set state = 'resolved', resolution = 'superseded', resolved = core.now()
  from pg_temp.pgears_staged as s
  where c.class_id = p_class and c.uid = s.uid and c.subscription_id = p_subscription.id and c.state = 'open' and s.outcome <> 'hold';

  drop table pg_temp.pgears_staged;
  return v_counts.inserted + v_counts.taken + v_counts.kept;
end;
$$;

comment on function replica.apply_rows(replica.subscription, bigint, text[], json, text) is 'Number of rows written. Raises whatever the class refuses, and 40001 when somebody wrote a row meanwhile.';

revoke all on function replica.apply_rows(replica.subscription, bigint, text[], json, text) from public;
