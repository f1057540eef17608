-- Change a column; the definition given is the whole one. Its type cannot change.
--
-- Rows that break a new limit stay readable and are judged when they are next written.

create or replace function meta.alter_column(p_column bigint, p_definition jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: building class tables to administrators
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_former meta.class_column;
  v_targets constant bigint[] := array(select t.class_id from meta.column_target as t where t.column_id = p_column order by t.class_id);
  v_changed boolean;
  v_class bigint;
begin
  select k.* into strict v_former from meta.class_column as k where k.id = p_column;
  perform meta.check_definition('column', p_definition, '$');
  perform meta.check_column(v_former.code, p_definition, '$');

  if (p_definition ->> 'type', meta.column_sql_type(p_definition ->> 'type', p_definition), p_definition ->> 'target', p_definition ? 'sequence',
      p_definition ? 'classes')
    is distinct from
    (v_former.type, meta.column_sql_type(v_former.type, v_former.definition), v_former.definition ->> 'target', v_former.definition ? 'sequence',
      cardinality(v_targets) > 1)
  then
    raise exception 'the type of column "%" cannot change', v_former.code
      using
        errcode = 'PG116',
        detail = format('It is %s, stored as %s.', v_former.type, meta.column_sql_type(v_former.type, v_former.definition)),
        hint = 'Add a column of the new type, copy the values, then drop this one.';
  end if;

  perform meta.set_targets(p_column, p_definition);
  v_changed := v_targets <> array(select t.class_id from meta.column_target as t where t.column_id = p_column order by t.class_id);

  update meta.class_column as k
  set definition = p_definition - '{type,renamed_from,class,classes,position}'::text[]
  where k.id = p_column;

  for v_class in
    select a.class_id from meta.ancestry as a where a.ancestor_id = v_former.class_id order by a.depth
  loop
    perform meta.lock_class(v_class);

    if v_changed then
      perform meta.point_reference(v_class, p_column);
    end if;

    if v_former.type = 'calculated' then
      perform meta.recalculate_column(v_class, p_column);
    elsif v_former.type <> 'reverse' then
      execute format(
        'alter table data.datarow_%s alter column c%s set default %s',
        v_class, p_column, meta.default_expression(p_column, v_former.type, p_definition)
      );
    end if;
  end loop;

  if v_former.type = 'calculated' then
    update meta.class_column as k
    set calculated_sql = meta.condition_expression(k.class_id, p_definition ->> 'sql', '')
    where k.id = p_column;
  end if;

  perform meta.touch_class(v_former.class_id);
end;
$$;

comment on function meta.alter_column(bigint, jsonb) is
'Set the whole definition of a column. Raises PG110 to PG114, PG116 (type), PG119 (calculation), PG121.';

revoke all on function meta.alter_column(bigint, jsonb) from public;
grant execute on function meta.alter_column(bigint, jsonb) to pgears_admin;
