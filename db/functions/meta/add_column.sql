-- Add a column to a class and to the classes that inherit from it.
--
-- API views stay as they are until they are renewed. Existing rows take the default.

create or replace function meta.add_column(p_class bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_id bigint;
  v_class bigint;
begin
  perform meta.check_column_name(p_class, p_code);
  perform meta.check_definition('column', p_definition, '$');
  perform meta.check_column(p_code, p_definition, '$');

  insert into meta.class_column (class_id, code, type, definition, position)
  values (
    p_class,
    p_code,
    p_definition ->> 'type',
    p_definition - '{type,renamed_from,class,classes,position}'::text[],
    coalesce(
      (p_definition ->> 'position')::integer,
      (select coalesce(max(k.position), 0) + 1 from meta.class_column as k where k.class_id = p_class)
    )
  )
  returning id into v_id;

  perform meta.set_targets(v_id, p_definition);

  update meta.class_column as k
  set calculated_sql = meta.condition_expression(p_class, p_definition ->> 'sql', '')
  where k.id = v_id and k.type = 'calculated';

  perform meta.create_column_store(v_id);

  for v_class in
    select a.class_id from meta.ancestry as a where a.ancestor_id = p_class order by a.depth
  loop
    perform meta.lock_class(v_class);
    perform meta.add_physical_column(v_class, v_id);
  end loop;

  perform meta.touch_class(p_class);
  return v_id;
exception
  when invalid_object_definition or syntax_error or undefined_function or undefined_column or datatype_mismatch or feature_not_supported then
    if p_definition ->> 'type' <> 'calculated' then
      raise;
    end if;

    raise exception 'the calculation of column "%" does not compile: %', p_code, sqlerrm
      using errcode = 'PG119', hint = 'Use immutable SQL over {{column.code}} of the same row that gives the type in "result".';
end;
$$;

comment on function meta.add_column(bigint, text, jsonb) is
'Id of a new column of a class; the definition has the keys of the model file. Raises PG101 to PG121.';

revoke all on function meta.add_column(bigint, text, jsonb) from public;
grant execute on function meta.add_column(bigint, text, jsonb) to pgears_admin;
