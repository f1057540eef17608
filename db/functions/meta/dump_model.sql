-- A model as a model file: what meta.apply_model() makes into an equal model elsewhere.
--
-- Codes only, no ids. Keys that have their presets are left out. The order of columns is in
-- their "position".

create or replace function meta.dump_model(p_model text)
returns jsonb
language plpgsql
stable
security definer  -- lends: reading definitions to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model meta.model;
  v_sections jsonb;
  v_classes jsonb;
  v_parameters jsonb;
begin
  select m.* into v_model from meta.model as m where m.id = meta.model_id(p_model);

  select jsonb_object_agg(
    c.code,
    meta.normal_definition('class', meta.class_definition(c.id), p_model)
    || jsonb_strip_nulls(jsonb_build_object('columns', k.columns, 'keys', nullif(meta.class_keys(c.id), '[]')))
  )
  into v_classes
  from meta.class as c
  cross join lateral (
    select jsonb_object_agg(
      n.code,
      meta.normal_definition('column', meta.column_definition(n.id), p_model) || jsonb_build_object('position', n.position)
    ) as columns
    from (
      select k.id, k.code, row_number() over (order by k.position, k.id) as position
      from meta.class_column as k
      where k.class_id = c.id
    ) as n
  ) as k
  where c.model_id = v_model.id;

  select jsonb_object_agg(d.section, d.definitions) into v_sections
  from (
    select s.section, jsonb_object_agg(s.code, meta.normal_definition(s.place, s.definition, p_model)) as definitions
    from meta.section_definitions(v_model.id) as s
    group by s.section
  ) as d;

  select jsonb_object_agg(substr(p.code, length(p_model) + 2), p.value) into v_parameters
  from core.parameter as p
  where starts_with(p.code, p_model || '.') and p.value is not null;

  return jsonb_strip_nulls(
    jsonb_build_object(
      'model', p_model,
      'name', nullif(v_model.name, '{}'),
      'languages', nullif(to_jsonb(v_model.languages), '[]'),
      'parameters', v_parameters,
      'classes', v_classes
    )
  ) || coalesce(v_sections, '{}');
end;
$$;

comment on function meta.dump_model(text) is 'A model in the form of a model file, as JSON. Raises PG106 when there is none of this code.';

revoke all on function meta.dump_model(text) from public;
grant execute on function meta.dump_model(text) to pgears_admin, pgears_runner;
