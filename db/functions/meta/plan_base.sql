-- Steps of a plan for the model itself and its parameters.
--
-- A parameter that the instance has already keeps its value: instances differ in them.

create or replace function meta.plan_base(p_file jsonb)
returns table (
  rank integer, action text, kind text, object text, path text, detail text, lock text, destructive boolean,
  class_code text, code text, object_id bigint, definition jsonb
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
  v_wanted constant jsonb := meta.normal_definition('model', p_file - 'model', v_model);
  v_present jsonb;
begin
  select meta.normal_definition('model', jsonb_build_object('name', m.name, 'languages', to_jsonb(m.languages)), v_model)
  into v_present
  from meta.model as m
  where m.code = v_model;

  if v_wanted is distinct from v_present then
    return query
    select
      10, case when v_present is null then 'create' else 'alter' end, 'model', v_model, '$',
      meta.difference_text('model', coalesce(v_present, '{}'), v_wanted),
      'none', false, null::text, v_model, null::bigint, v_wanted;
  end if;

  return query
  select
    20, 'create', 'parameter', v_model || '.' || p.key, '$.parameters.' || p.key,
    case when length(p.value) > 40 then left(p.value, 40) || '...' else p.value end,
    'none', false, null::text, v_model || '.' || p.key, null::bigint, to_jsonb(p.value)
  from jsonb_each_text(meta.section_of(p_file, 'parameters')) as p
  where not exists (select from core.parameter as o where o.code = v_model || '.' || p.key);
end;
$$;

comment on function meta.plan_base(jsonb) is 'Part of meta.plan_steps: model and parameters.';

revoke all on function meta.plan_base(jsonb) from public;
