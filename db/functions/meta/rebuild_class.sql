-- Make everything generated of a class follow its definition.

create or replace function meta.rebuild_class(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
begin
  perform meta.build_system_columns(p_class);
  perform meta.build_uniques(p_class);
  perform meta.build_description(p_class);
  perform meta.build_readers(p_class);
  perform meta.build_archive(p_class);
  perform meta.build_limits(p_class);
  perform meta.build_functions(p_class);
  perform meta.build_triggers(p_class);
  perform meta.build_row_trigger(p_class);
  perform access.apply_rights(array[p_class]);
end;
$$;

comment on function meta.rebuild_class(bigint) is
'Renew system columns, unique values, description, readers, archive, limits, trigger functions, triggers and rights of a class. Changes nothing that is right already.';

revoke all on function meta.rebuild_class(bigint) from public;
grant execute on function meta.rebuild_class(bigint) to pgears_admin;
