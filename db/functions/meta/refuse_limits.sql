-- Refuse a row and name every limit that it breaks.
--
-- Called from the check constraint of a class table, and only for a row that breaks one: it
-- tries each condition of the class on the row. Anybody may call it, so a row of another type,
-- whose casts and operators could be anybody's, is turned away before anything is evaluated.
-- requires: meta.class_path meta.column_limits

create or replace function meta.refuse_limits(p_class bigint, p_row anyelement)
returns boolean
language plpgsql
stable
security definer  -- lends: reading the definition of the class
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conditions constant text := (
    select string_agg(format('case when (%s) is false then %L end', l.condition, l.refusal), ', ')
    from meta.column_limits(p_class) as l
  );
  v_refusals text;
begin
  if pg_typeof(p_row)::oid is distinct from to_regtype('data.datarow_' || p_class)::oid then
    return false;
  end if;

  execute format('select array_to_string(array[%s], ''; '') from (select ($1).*) as r', v_conditions)
  into v_refusals
  using p_row;

  raise exception '%: %', meta.class_path(p_class), v_refusals
    using
      errcode = 'PG210',
      hint = 'Mend the values named and write the row again.',
      schema = 'data',
      table = 'datarow_' || p_class,
      constraint = 'datarow_' || p_class || '_limits_check';
end;
$$;

comment on function meta.refuse_limits(bigint, anyelement) is
'Raise PG210 with the limits that the row breaks.';

-- Check constraints call it with the writer's rights.
grant execute on function meta.refuse_limits(bigint, anyelement) to public;
