-- Make the tables of unique values that a partitioned class needs, drop those of former keys.
-- requires: meta.unique_stores

create or replace function meta.build_uniques(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table constant regclass := format('data.datarow_%s', p_class)::regclass;
  v_store record;
begin
  for v_store in
    select c.relname
    from pg_class as c
    where c.relnamespace = 'data'::regnamespace and c.relkind = 'r' and c.relname ~ format('^unique_%s_', p_class)
      and not exists (select from meta.unique_stores(p_class) as s where s.name = c.relname)
  loop
    execute format('drop table data.%I', v_store.relname);
  end loop;

  for v_store in
    select
      s.name,
      s.live,
      s.fixed,
      string_agg(quote_ident(a.attname), ', ' order by c.position) as columns,
      string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by c.position) as typed
    from meta.unique_stores(p_class) as s
    cross join unnest(s.columns) with ordinality as c (name, position)
    inner join pg_attribute as a on a.attrelid = v_table and c.name = a.attname
    where to_regclass(format('data.%I', s.name)) is null
    -- The system columns of a new class come after its keys.
    group by s.name, s.columns, s.live, s.fixed
    having count(*) = cardinality(s.columns)
  loop
    execute format('create table data.%I (%s, id bigint not null)', v_store.name, v_store.typed);
    execute format(
      'insert into data.%1$I (%2$s, id) select %2$s, id from %3$s%4$s',
      v_store.name, v_store.columns, v_table, case when v_store.live then ' where deleted is null' else '' end
    );
    execute format('alter table data.%1$I add constraint %2$I unique (%3$s)', v_store.name, v_store.name || '_key', v_store.columns);

    if not v_store.fixed then
      execute format('alter table data.%I add constraint %I primary key (id)', v_store.name, v_store.name || '_pkey');
    end if;

    execute format(
      'comment on table data.%I is %L',
      v_store.name, 'Values that no two rows share, kept by the triggers of class ' || meta.class_path(p_class) || '.'
    );
  end loop;
end;
$$;

comment on function meta.build_uniques(bigint) is
'Make or drop the tables of unique values of a partitioned class. Raises 23505 when rows share a value.';

revoke all on function meta.build_uniques(bigint) from public;
