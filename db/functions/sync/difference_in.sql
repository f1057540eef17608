-- What a run inwards would write to the class: the table sync.change_<run>, by insert, update and delete.
--
-- Counted into the run. Gives the number of rows that deletions are measured against.
-- requires: sync.mapped

create or replace function sync.difference_in(p_run bigint)
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
  v_same text;
  v_known text;
  v_values text;
  v_present text;
  v_nulls text;
  v_changed text := '';
  v_missing text := '';
  v_total bigint := 0;
begin
  select r.* into strict v_run from sync.run as r where r.id = p_run;
  select d.* into strict v_definition from sync.definition as d where d.id = v_run.definition_id;
  v_rows := meta.condition_expression(v_definition.class_id, coalesce(v_definition.definition ->> 'rows', 'true'), 'r.');

  select
    string_agg(format('r.%I = t.v%s', m.physical, m.place), ' and ' order by m.place) filter (where m.is_key),
    string_agg(format('r.%I = s.key[%s]::%s', m.physical, m.key_place, m.sql_type), ' and ' order by m.place) filter (where m.is_key),
    string_agg(format('t.v%s', m.place), ', ' order by m.place),
    string_agg(format('r.%I', m.physical), ', ' order by m.place),
    string_agg(format('null::%s', m.sql_type), ', ' order by m.place)
  into v_same, v_known, v_values, v_present, v_nulls
  from (
    select c.*, count(*) filter (where c.is_key) over (order by c.place) as key_place from sync.mapped(v_definition.id) as c
  ) as m;

  if v_run.compare = 'snapshot' then
    v_changed := format(
      ' and not exists (select from sync.snapshot as s where s.definition_id = %s and s.key_hash = t.key_hash and s.hash = t.hash)', v_definition.id
    );
  end if;

  if v_definition.definition ->> 'missing' = 'delete' then
    if v_run.compare = 'snapshot' then
      v_missing := format(
        ' union all select ''d'', r.id, null, %s from sync.snapshot as s inner join data.datarow_%s as r on %s'
        ' where s.definition_id = %s and r.deleted is null and (%s) and not exists (select from sync.typed_%s as t where t.key_hash = s.key_hash)',
        v_nulls, v_definition.class_id, v_known, v_definition.id, v_rows, p_run
      );
      select count(*) into v_total from sync.snapshot as s where s.definition_id = v_definition.id;
    else
      v_missing := format(
        ' union all select ''d'', r.id, null, %s from data.datarow_%s as r where r.deleted is null and (%s) and not exists (select from sync.typed_%s as t where %s)',
        v_nulls, v_definition.class_id, v_rows, p_run, v_same
      );
      execute format('select count(*) from data.datarow_%s as r where r.deleted is null and (%s)', v_definition.class_id, v_rows) into v_total;
    end if;
  end if;

  execute format(
    'create unlogged table sync.change_%1$s as'
    ' select case when r.id is null then ''i'' else ''u'' end as op, r.id, t.n, %2$s'
    ' from sync.typed_%1$s as t left join data.datarow_%3$s as r on %4$s and r.deleted is null and (%5$s)'
    ' where (r.id is null or (%6$s) is distinct from (%7$s))%8$s%9$s',
    p_run,
    (select string_agg(format('t.v%1$s as v%1$s', m.place), ', ' order by m.place) from sync.mapped(v_definition.id) as m),
    v_definition.class_id, v_same, v_rows, v_present, v_values, v_changed, v_missing
  );
  execute format('comment on table sync.change_%s is %L', p_run, 'What a run that is not over writes.');

  execute format(
    'insert into sync.problem (run_id, key, reason)'
    ' select %1$s, array_to_string(t.key, '', ''), format(''%%s rows of the class have this key'', count(*)) from sync.change_%1$s as c'
    ' inner join sync.typed_%1$s as t on c.n = t.n where c.op = ''u'' group by t.n, t.key having count(*) > 1 limit 100',
    p_run
  );
  perform sync.count_changes(p_run);

  return v_total;
end;
$$;

comment on function sync.difference_in(bigint) is 'Make sync.change_<run>, count it, and give the number of rows that could be deleted.';

revoke all on function sync.difference_in(bigint) from public;
