-- Steps of a plan for the sections beside classes: made, altered, dropped.

create or replace function meta.plan_sections(p_file jsonb)
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
  v_model_id constant bigint := (select m.id from meta.model as m where m.code = v_model);
  v_class_renames constant jsonb := meta.class_renames(p_file);
  v_column_renames jsonb;
begin
  select jsonb_object_agg(t.path, t.renames) into v_column_renames
  from (
    select meta.class_path(a.class_id) as path, jsonb_object_agg(k.former, k.code) as renames
    from meta.column_matches(p_file) as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where k.former is not null
    group by a.class_id
  ) as t;

  return query
  with present as (
    select
      s.section,
      s.place,
      s.id,
      s.code,
      meta.normal_definition(
        s.place, meta.follow_renames(s.definition, v_column_renames -> (s.definition ->> 'class')), v_model, v_class_renames
      ) as definition
    from meta.section_definitions(v_model_id) as s
  ),

  wanted as (
    select
      s.code as section,
      s.place,
      d.key as code,
      meta.normal_definition(s.place, d.value, v_model) as definition
    from meta.model_sections() as s
    cross join jsonb_each(meta.section_of(p_file, s.code)) as d
  )

  select
    -- What goes, goes after everything that may still name it was changed, and in reverse order.
    case when w.code is null then 140 - s.position / 5 else 100 + s.position / 5 end,
    case when w.code is null then 'drop' when p.code is null then 'create' else 'alter' end,
    s.place,
    v_model || '.' || coalesce(w.code, p.code),
    case when w.code is null then '$' else format('$.%s.%s', s.code, w.code) end,
    case
      when w.code is not null then meta.difference_text(s.place, coalesce(p.definition, '{}'), w.definition)
      when s.code = 'queries' then 'with its API view'
      else ''
    end,
    case
      when s.code in ('queries', 'mailboxes', 'notifications', 'frames', 'groups', 'pages') then 'none'
      else 'share row exclusive'
    end,
    w.code is null and s.destructive and (s.code <> 'queries' or exists (
      select from meta.api_view as v where v.kind = 'query' and v.object_id = p.id
    )),
    null::text, coalesce(w.code, p.code), p.id, w.definition
  from present as p
  full join wanted as w on p.section = w.section and p.code = w.code
  inner join meta.model_section as s on s.code = coalesce(p.section, w.section)
  where p.definition is distinct from w.definition;
end;
$$;

comment on function meta.plan_sections(jsonb) is 'Part of meta.plan_steps: queries, notifications, rules and what else has a row in meta.model_section.';

revoke all on function meta.plan_sections(jsonb) from public;
