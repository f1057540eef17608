-- Write the difference to the class: only rows that change, by three statements, through its triggers.
-- requires: sync.mapped

create or replace function sync.merge_in(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_definition bigint;
  v_physical text;
  v_values text;
  v_set text;
begin
  select d.class_id, d.id into strict v_class, v_definition
  from sync.definition as d
  inner join sync.run as r on r.definition_id = d.id
  where r.id = p_run;

  select
    string_agg(quote_ident(m.physical), ', ' order by m.place),
    string_agg(format('c.v%s', m.place), ', ' order by m.place),
    string_agg(format('%I = c.v%s', m.physical, m.place), ', ' order by m.place) filter (where not m.is_key)
  into v_physical, v_values, v_set
  from sync.mapped(v_definition) as m;

  perform meta.check_triggers(format('data.datarow_%s', v_class)::regclass);

  execute format(
    'delete from data.datarow_%s as r using sync.change_%s as c where c.op = ''d'' and r.id = c.id and r.deleted is null', v_class, p_run
  );

  if v_set is not null then
    execute format(
      'update data.datarow_%s as r set %s from sync.change_%s as c where c.op = ''u'' and r.id = c.id and r.deleted is null', v_class, v_set, p_run
    );
  end if;

  execute format(
    'insert into data.datarow_%s (%s) select %s from sync.change_%s as c where c.op = ''i'' order by c.n', v_class, v_physical, v_values, p_run
  );
end;
$$;

comment on function sync.merge_in(bigint) is 'Write sync.change_<run> to the class. Raises what writing the class raises.';

revoke all on function sync.merge_in(bigint) from public;
