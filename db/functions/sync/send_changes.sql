-- Write the changes of a run to a relation of this database.
-- requires: sync.mapped sync.relation_columns

create or replace function sync.send_changes(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_definition sync.definition;
  v_relation text;
  v_same text;
  v_set text;
  v_names text;
  v_values text;
begin
  select d.* into strict v_definition from sync.definition as d inner join sync.run as r on r.definition_id = d.id where r.id = p_run;
  v_relation := (v_definition.definition ->> 'table')::regclass::text;
  perform set_config('timezone', coalesce(v_definition.definition ->> 'time_zone', 'UTC'), true);
  perform meta.check_triggers(v_relation::regclass);

  select
    string_agg(format('t.%I = c.key[%s]::%s', m.foreign_name, m.key_place, m.type_there), ' and ') filter (where m.is_key),
    string_agg(format('%I = c.vals[%s]::%s', m.foreign_name, m.place, m.cast_there), ', ') filter (where not m.is_key),
    string_agg(quote_ident(m.foreign_name), ', ' order by m.place),
    string_agg(format('c.vals[%s]::%s', m.place, m.cast_there), ', ' order by m.place)
  into v_same, v_set, v_names, v_values
  from (
    select
      c.*,
      r.sql_type as type_there,
      case when c.sql_type = 'timestamptz' and r.sql_type like 'timestamp%without%' then 'timestamptz::' || r.sql_type else r.sql_type end as cast_there,
      count(*) filter (where c.is_key) over (order by c.place) as key_place
    from sync.mapped(v_definition.id) as c
    inner join sync.relation_columns(v_relation) as r on c.foreign_name = r.name
  ) as m;

  execute format('delete from %s as t using sync.change_%s as c where c.op = ''d'' and %s', v_relation, p_run, v_same);

  if v_set is not null then
    execute format('update %s as t set %s from sync.change_%s as c where c.op = ''u'' and %s', v_relation, v_set, p_run, v_same);
  end if;

  execute format('insert into %s (%s) select %s from sync.change_%s as c where c.op = ''i'' order by c.n', v_relation, v_names, v_values, p_run);
end;
$$;

comment on function sync.send_changes(bigint) is 'Write sync.change_<run> to a relation of this database. Raises PG140, and what writing the relation raises.';

revoke all on function sync.send_changes(bigint) from public;
