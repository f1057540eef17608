-- Give a class another code; its API views keep their names until they are renewed.
--
-- References to several classes store the class by its code, so their rows and limits follow.

create or replace function meta.rename_class(p_class bigint, p_code text)
returns void
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_former constant text := meta.class_path(p_class);
  v_column record;
begin
  perform meta.check_code(p_code, 'class');

  if exists (
    select from meta.class as c
    inner join meta.class as o on c.model_id = o.model_id
    where o.id = p_class and c.code = p_code
  ) then
    raise exception 'the model has a class "%" already', p_code
      using errcode = 'PG105', hint = 'Choose another code.';
  end if;

  perform meta.lock_class(p_class);
  update meta.class as c set code = p_code where c.id = p_class;
  perform meta.check_view_names();

  for v_column in
    select e.class_id, e.physical || '_class' as physical
    from meta.effective_column as e
    where p_class = any (e.targets) and cardinality(e.targets) > 1
  loop
    perform meta.lock_class(v_column.class_id);
    -- Constraint and triggers would refuse the new code until they are built anew.
    perform meta.build_functions(v_column.class_id);
    execute format('alter table data.datarow_%1$s drop constraint if exists datarow_%1$s_limits_check', v_column.class_id);
    update meta.class as c set limits_sql = null where c.id = v_column.class_id;
    execute format(
      'update data.datarow_%1$s as r set %2$I = %3$L where r.%2$I = %4$L',
      v_column.class_id, v_column.physical, meta.class_path(p_class), v_former
    );
    perform meta.touch_class(v_column.class_id);
  end loop;

  perform meta.touch_class(p_class);
end;
$$;

comment on function meta.rename_class(bigint, text) is 'Change the code of a class. Raises PG101, PG103, PG104, PG105, PG121.';

revoke all on function meta.rename_class(bigint, text) from public;
grant execute on function meta.rename_class(bigint, text) to pgears_admin;
