-- What a run outwards would write to the other side: the table sync.change_<run>, keys and values as texts.
--
-- sync.side_<run> is the class as it is to be there. Counted into the run. Gives the number of
-- rows that deletions are measured against.
-- requires: sync.mapped sync.family_rows sync.count_changes

create or replace function sync.difference_out(p_run bigint)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_run sync.run;
  v_definition sync.definition;
  v_rows text;
  v_columns text;
  v_keys text;
  v_all text;
  v_before text;
  v_same text;
  v_differ text;
  v_delete boolean;
  v_total bigint;
begin
  select r.* into strict v_run from sync.run as r where r.id = p_run;
  select d.* into strict v_definition from sync.definition as d where d.id = v_run.definition_id;
  v_rows := meta.condition_expression(v_definition.class_id, coalesce(v_definition.definition ->> 'rows', 'true'), 'r.');
  v_delete := coalesce(v_definition.definition ->> 'missing' = 'delete', false);

  select
    string_agg(
      case
        when m.lookup_physical is null then format('r.%I as v%s', m.physical, m.place)
        else format('(select l.k from (%s) as l where l.id = r.%I) as v%s', sync.family_rows(m.lookup_class, m.lookup_physical), m.physical, m.place)
      end,
      ', ' order by m.place
    ),
    string_agg(format('x.v%s::text', m.place), ', ' order by m.place) filter (where m.is_key),
    string_agg(format('x.v%s::text', m.place), ', ' order by m.place),
    string_agg(format('t.v%s::text', m.place), ', ' order by m.place),
    string_agg(format('t.v%1$s = y.v%1$s', m.place), ' and ' order by m.place) filter (where m.is_key),
    format('(%s) is distinct from (%s)', string_agg(format('t.v%s', m.place), ', ' order by m.place), string_agg(format('y.v%s', m.place), ', ' order by m.place))
  into v_columns, v_keys, v_all, v_before, v_same, v_differ
  from sync.mapped(v_definition.id) as m;

  execute format(
    'create unlogged table sync.side_%1$s as'
    ' select z.*, md5(z.key::text)::uuid as key_hash, md5(z.vals::text)::uuid as hash from ('
    'select x.*, array[%2$s]::text[] as key, array[%3$s]::text[] as vals from ('
    'select %4$s from data.datarow_%5$s as r where r.deleted is null and (%6$s)) as x) as z',
    p_run, v_keys, v_all, v_columns, v_definition.class_id, v_rows
  );
  execute format('comment on table sync.side_%s is %L', p_run, 'The class as it is to be on the other side.');
  execute format('analyze sync.side_%s', p_run);

  execute format(
    'insert into sync.problem (run_id, key, reason)'
    ' select %1$s, array_to_string(y.key, '', '', ''null''),'
    ' case when array_position(y.key, null) is null then format(''%%s rows of the class have this key'', count(*)) else ''a key column is empty'' end'
    ' from sync.side_%1$s as y group by y.key having count(*) > 1 or array_position(y.key, null) is not null limit 100',
    p_run
  );

  if v_run.compare = 'snapshot' then
    execute format(
      'create unlogged table sync.change_%1$s as'
      ' select row_number() over (order by array_position(array[''d'', ''u'', ''i''], h.op)) as n, h.* from ('
      'select case when s.key is null then ''i'' else ''u'' end as op, y.key, y.vals, null::text[] as before'
      ' from sync.side_%1$s as y left join sync.snapshot as s on s.definition_id = %2$s and s.key_hash = y.key_hash'
      ' where s.hash is distinct from y.hash'
      ' union all select ''d'', s.key, null, null from sync.snapshot as s'
      ' where %3$L and s.definition_id = %2$s and not exists (select from sync.side_%1$s as y where y.key_hash = s.key_hash)) as h',
      p_run, v_definition.id, v_delete
    );
    select count(*) into v_total from sync.snapshot as s where s.definition_id = v_definition.id;
  else
    execute format(
      'create unlogged table sync.change_%1$s as'
      ' select row_number() over (order by array_position(array[''d'', ''u'', ''i''], h.op)) as n, h.* from ('
      'select case when t.n is null then ''i'' else ''u'' end as op, y.key, y.vals, case when t.n is not null then array[%2$s]::text[] end as before'
      ' from sync.side_%1$s as y left join sync.typed_%1$s as t on %3$s'
      ' where t.n is null or %4$s'
      ' union all select ''d'', t.key, null, array[%2$s]::text[] from sync.typed_%1$s as t'
      ' where %5$L and array_position(t.key, null) is null and not exists (select from sync.side_%1$s as y where %3$s)) as h',
      p_run, v_before, v_same, v_differ, v_delete
    );
    execute format('select count(*) from sync.typed_%s', p_run) into v_total;
  end if;

  execute format('comment on table sync.change_%s is %L', p_run, 'What a run that is not over writes.');
  execute format('alter table sync.change_%1$s add constraint change_%1$s_pkey primary key (n)', p_run);
  perform sync.count_changes(p_run);

  return v_total;
end;
$$;

comment on function sync.difference_out(bigint) is 'Make sync.side_<run> and sync.change_<run>, count it, and give the number of rows that could be deleted.';

revoke all on function sync.difference_out(bigint) from public;
