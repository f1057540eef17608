-- Record which classes a reference (or reverse) column points to.

create or replace function meta.set_targets(p_column bigint, p_definition jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model bigint;
  v_class bigint;
  v_former bigint[];
begin
  select c.model_id, c.id into strict v_model, v_class
  from meta.class_column as k
  inner join meta.class as c on k.class_id = c.id
  where k.id = p_column;

  v_former := meta.several_targets(v_class, p_column);
  delete from meta.column_target as t where t.column_id = p_column;

  insert into meta.column_target (column_id, class_id, position)
  select p_column, meta.find_class(v_model, n.name), n.position
  from jsonb_array_elements_text(
    case when p_definition ? 'class' then jsonb_build_array(p_definition -> 'class') else coalesce(p_definition -> 'classes', '[]') end
  ) with ordinality as n (name, position);

  perform meta.follow_targets(v_former || meta.several_targets(v_class, p_column));
end;
$$;

comment on function meta.set_targets(bigint, jsonb) is 'Set meta.column_target from the keys class or classes. Raises PG114 for an unknown class.';

revoke all on function meta.set_targets(bigint, jsonb) from public;
