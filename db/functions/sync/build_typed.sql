-- Rows read from the other side in the types of the class: the table sync.typed_<run>.
--
-- Inwards, references are found by their lookups; rows that could not be taken become problems.
-- Gives the number of problems.
-- requires: sync.mapped sync.family_rows sync.find_bad_cells

create or replace function sync.build_typed(p_run bigint)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_definition sync.definition;
  v_inwards boolean;
  v_column record;
  v_values text;
  v_keys text;
  v_raw text;
  v_raw_keys text;
  v_joins text;
begin
  select d.* into strict v_definition from sync.definition as d inner join sync.run as r on r.definition_id = d.id where r.id = p_run;
  v_inwards := v_definition.definition ->> 'direction' = 'in';
  perform set_config('timezone', coalesce(v_definition.definition ->> 'time_zone', 'UTC'), true);

  select
    string_agg(
      case
        when v_inwards and m.lookup_physical is not null
          then format('l%1$s.id as v%1$s, s.v%1$s is not null and l%1$s.n is distinct from 1 as bad%1$s', m.place)
        else format('s.v%1$s::%2$s as v%1$s', m.place, m.value_type)
      end,
      ', ' order by m.place
    ),
    string_agg(format('x.v%s::text', m.place), ', ' order by m.place) filter (where m.is_key),
    string_agg(format('s.v%s', m.place), ', ' order by m.place),
    string_agg(format('s.v%s', m.place), ', ' order by m.place) filter (where m.is_key),
    string_agg(
      format(
        ' left join (select t.k, min(t.id) as id, count(*) as n from (%1$s) as t group by t.k) as l%2$s on l%2$s.k = s.v%2$s::%3$s',
        sync.family_rows(m.lookup_class, m.lookup_physical), m.place, m.value_type
      ),
      '' order by m.place
    ) filter (where v_inwards and m.lookup_physical is not null)
  into v_values, v_keys, v_raw, v_raw_keys, v_joins
  from sync.mapped(v_definition.id) as m;

  begin
    execute format(
      'create unlogged table sync.typed_%1$s as'
      ' select y.*, md5(y.key::text)::uuid as key_hash from ('
      'select x.*, array[%2$s]::text[] as key from ('
      'select s.n, array[%3$s]::text[] as raw_key, md5(array[%4$s]::text)::uuid as hash, %5$s from sync.stage_%1$s as s%6$s) as x) as y',
      p_run, v_keys, v_raw_keys, v_raw, v_values, coalesce(v_joins, '')
    );
  exception
    when data_exception then
      perform sync.find_bad_cells(p_run);
      return (select count(*) from sync.problem as p where p.run_id = p_run);
  end;

  execute format('comment on table sync.typed_%s is %L', p_run, 'Rows of the other side in the types of the class.');
  execute format('analyze sync.typed_%s', p_run);

  if v_inwards then
    execute format(
      'insert into sync.problem (run_id, key, reason)'
      ' select %1$s, array_to_string(t.raw_key, '', '', ''null''), ''a key column is empty'' from sync.typed_%1$s as t'
      ' where array_position(t.key, null) is not null and array_position(t.raw_key, null) is not null order by t.n limit 100',
      p_run
    );

    for v_column in select m.* from sync.mapped(v_definition.id) as m where m.lookup_physical is not null order by m.place loop
      -- Records of the class itself that come with this run are found in a second turn.
      continue when v_column.lookup_class = v_definition.class_id and not v_column.is_key;
      perform sync.note_unresolved(p_run, v_column.place);
    end loop;
  end if;

  execute format(
    'insert into sync.problem (run_id, key, reason)'
    ' select %1$s, array_to_string(t.key, '', ''), format(''%%s rows have this key'', count(*)) from sync.typed_%1$s as t'
    ' where array_position(t.key, null) is null group by t.key having count(*) > 1 limit 100',
    p_run
  );

  return (select count(*) from sync.problem as p where p.run_id = p_run);
end;
$$;

comment on function sync.build_typed(bigint) is 'Make sync.typed_<run> and give the number of problems found on the way.';

revoke all on function sync.build_typed(bigint) from public;
