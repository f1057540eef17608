-- Refuse a row and name every limit that it breaks.
--
-- Called from the check constraint of a class table, and only for a row that breaks one.

create or replace function meta.refuse_limits(p_class bigint, p_refusals text[])
returns boolean
language plpgsql
stable
security definer  -- lends: reading the class's code for the message
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '%: %', meta.class_path(p_class), array_to_string(p_refusals, '; ')
    using
      errcode = 'PG210',
      hint = 'Mend the values named and write the row again.',
      schema = 'data',
      table = 'datarow_' || p_class,
      constraint = 'datarow_' || p_class || '_limits_check';
end;
$$;

comment on function meta.refuse_limits(bigint, text[]) is
'Raise PG210 with the refusals given; nulls among them are limits that hold.';

-- Check constraints call it with the writer's rights.
grant execute on function meta.refuse_limits(bigint, text[]) to public;
