-- Refuse a row of a partitioned class and name every limit that it breaks.
--
-- A check constraint of a partitioned table cannot name the whole row, so the values come
-- as they stand in a row constructor (f1, f2, ...) with the names of their columns.
-- requires: meta.refuse_limits

create or replace function meta.refuse_values(p_class bigint, p_values jsonb, p_columns text[])
returns boolean
language plpgsql
stable
security definer  -- lends: naming the row type of the class
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row constant jsonb := (
    select jsonb_object_agg(c.name, p_values -> ('f' || c.position))
    from unnest(p_columns) with ordinality as c (name, position)
  );
  v_result boolean;
begin
  execute format('select meta.refuse_limits($1, jsonb_populate_record(null::data.datarow_%s, $2))', p_class)
  into v_result
  using p_class, v_row;

  return v_result;
end;
$$;

comment on function meta.refuse_values(bigint, jsonb, text[]) is
'Raise PG210 with the limits that the values break.';

-- Check constraints call it with the writer's rights.
grant execute on function meta.refuse_values(bigint, jsonb, text[]) to public;
