-- Give a column another code; the physical column stays, API views follow when renewed.
--
-- Description formats and calculations that name it are rewritten.

create or replace function meta.rename_column(p_column bigint, p_code text)
returns void
language plpgsql
volatile
security definer  -- lends: writing definitions to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_column meta.class_column;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  perform meta.check_column_name(v_column.class_id, p_code);

  update meta.class_column as k set code = p_code where k.id = p_column;

  update meta.class as c
  set description = meta.replace_placeholder(c.description, v_column.code, p_code)
  from meta.ancestry as a
  where c.id = a.class_id and a.ancestor_id = v_column.class_id;

  update meta.class_column as k
  set definition = jsonb_set(k.definition, '{sql}', to_jsonb(meta.replace_placeholder(k.definition ->> 'sql', v_column.code, p_code)))
  from meta.ancestry as a
  where k.class_id = a.class_id and a.ancestor_id = v_column.class_id and k.type = 'calculated';

  update meta.class_column as k
  set definition = jsonb_set(k.definition, '{column}', to_jsonb(p_code))
  from meta.column_target as t
  where t.column_id = k.id and t.class_id = v_column.class_id and k.type = 'reverse' and k.definition ->> 'column' = v_column.code;

  perform meta.touch_class(v_column.class_id);
end;
$$;

comment on function meta.rename_column(bigint, text) is 'Change the code of a column. Raises PG101, PG102, PG103, PG105.';

revoke all on function meta.rename_column(bigint, text) from public;
grant execute on function meta.rename_column(bigint, text) to pgears_admin;
