-- Insert rows into a class from values by column code, with one statement for neighbours of the same columns.
--
-- Texts are cast to the types of the columns; what a row breaks is named as for any insert.
-- The ids come in the order of the values: a statement numbers its rows in their order.
-- requires: meta.check_triggers

create or replace function meta.insert_records(p_class bigint, p_values jsonb[])
returns bigint[]
language plpgsql
volatile
security definer  -- lends: inserting into class tables to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run record;
  v_unknown text;
  v_columns text;
  v_named text;
  v_id bigint;
  v_some bigint[];
  v_ids bigint[] := array[]::bigint[];
begin
  perform meta.check_triggers(format('data.datarow_%s', p_class)::regclass);

  for v_run in
    select r.keys, array_agg(r.value order by r.place) as rows
    from (
      select k.value, k.place, k.keys, count(*) filter (where k.keys is distinct from k.before) over (order by k.place) as run
      from (
        select v.value, v.place, l.keys, lag(l.keys) over (order by v.place) as before
        from unnest(p_values) with ordinality as v (value, place)
        cross join lateral (select array(select o.key from jsonb_object_keys(v.value) as o (key)) as keys) as l
      ) as k
    ) as r
    group by r.run, r.keys
    order by r.run
  loop
    select
      min(k.code) filter (where e.column_id is null),
      string_agg(quote_ident(e.physical), ', ' order by k.place),
      string_agg(format('jsonb_build_object(%L, v.value -> %L)', e.physical, k.code), ' || ' order by k.place)
    into v_unknown, v_columns, v_named
    from unnest(v_run.keys) with ordinality as k (code, place)
    left join meta.effective_column as e on e.class_id = p_class and k.code = e.code and e.stored;

    if v_unknown is not null then
      raise exception 'class % has no column "%"', meta.class_path(p_class), v_unknown
        using errcode = 'PG106', hint = 'Name columns of the class by their codes.';
    end if;

    if v_columns is null then
      v_some := array[]::bigint[];
      for v_place in 1..cardinality(v_run.rows) loop
        execute format('insert into data.datarow_%s default values returning id', p_class) into v_id;
        v_some := v_some || array_remove(array[v_id], null);
      end loop;
    else
      execute format(
        'with inserted as ('
        'insert into data.datarow_%1$s (%2$s) select %3$s from unnest($1) with ordinality as v (value, place)'
        ' cross join lateral jsonb_populate_record(null::data.datarow_%1$s, %4$s) as n'
        ' order by v.place returning id'
        ') select coalesce(array_agg(i.id order by i.id), ''{}'') from inserted as i',
        p_class, v_columns, 'n.' || replace(v_columns, ', ', ', n.'), v_named
      )
      using v_run.rows
      into v_some;
    end if;

    if cardinality(v_some) <> cardinality(v_run.rows) then
      if cardinality(p_values) = 1 then
        return array[null::bigint];
      end if;

      raise exception 'a trigger of class % left out % of % rows',
        meta.class_path(p_class), cardinality(v_run.rows) - cardinality(v_some), cardinality(v_run.rows)
        using errcode = 'PG434', hint = 'Insert the rows one by one, or raise an error in the trigger for a row that must not be.';
    end if;

    v_ids := v_ids || v_some;
  end loop;

  return v_ids;
end;
$$;

comment on function meta.insert_records(bigint, jsonb[]) is
'Ids of new rows of a class, in the order of their values by column code; null for a single one that a trigger left out. Raises PG106 for an unknown code, PG140 for a trigger of another owner, PG210 for broken limits, PG434 when a trigger leaves some of several out.';

revoke all on function meta.insert_records(bigint, jsonb[]) from public, pgears_runner;
grant execute on function meta.insert_records(bigint, jsonb[]) to pgears_admin;
