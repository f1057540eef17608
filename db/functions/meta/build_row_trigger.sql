-- Put a row trigger before writes on a class table, for what changes rows; else take it away.
--
-- Only classes with such hooks pay for a row trigger. Rows put back by a logical deletion
-- pass by it.

create or replace function meta.build_row_trigger(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table constant text := 'data.datarow_' || p_class;
  v_inserted constant text := meta.hook_statements(p_class, 'before_insert');
  v_updated constant text := meta.hook_statements(p_class, 'before_update');
begin
  if v_inserted = '' and v_updated = '' then
    execute format('drop trigger if exists t20_rules on %s', v_table);
    execute format('drop function if exists data.write_%s()', p_class);
    return;
  end if;

  execute format(
    $sql$
    create or replace function data.write_%1$s()
    returns trigger
    language plpgsql
    volatile
    security definer
    set search_path = pg_catalog, pg_temp
    as $body$
begin
  if tg_op = 'INSERT' then
%2$s
    null;
  else
%3$s
    null;
  end if;
  return new;
end;
    $body$
    $sql$,
    p_class, v_inserted, v_updated
  );
  execute format('revoke all on function data.write_%s() from public', p_class);
  execute format(
    'comment on function data.write_%s() is %L',
    p_class, 'Trigger function: rules before writing rows of class ' || meta.class_path(p_class) || '. Generated.'
  );
  execute format('drop trigger if exists t20_rules on %s', v_table);
  execute format(
    'create trigger t20_rules before %s on %s for each row when (new.deleted is null) execute function data.write_%s()',
    concat_ws(' or ', case when v_inserted <> '' then 'insert' end, case when v_updated <> '' then 'update' end), v_table, p_class
  );
end;
$$;

comment on function meta.build_row_trigger(bigint) is 'Make or drop the row trigger t20_rules of a class, as its hooks need it.';

revoke all on function meta.build_row_trigger(bigint) from public;
