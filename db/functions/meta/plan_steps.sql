-- What applying a model file would do, in order, with all that meta.apply_step() needs.

create or replace function meta.plan_steps(p_file jsonb)
returns setof jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_steps jsonb;
begin
  with step as (
    select 1 as part, b.* from meta.plan_base(p_file) as b
    union all
    select 2, c.* from meta.plan_classes(p_file) as c
    union all
    select 3, k.* from meta.plan_columns(p_file) as k
    union all
    select 4, s.* from meta.plan_sections(p_file) as s
    union all
    select 5, d.* from meta.plan_drops(p_file) as d
  ),

  numbered as (
    select s.*, row_number() over () as found from step as s
  )

  select coalesce(jsonb_agg(to_jsonb(n) - '{part,found}'::text[] order by n.rank, d.depth nulls last, n.found), '[]') into v_steps
  from numbered as n
  left join meta.class_matches(p_file) as d on n.kind = 'column' and n.action = 'create' and n.class_code = d.code;

  return query
  select s.value || jsonb_build_object('step', s.position)
  from (
    select a.value, a.position from jsonb_array_elements(v_steps) with ordinality as a (value, position)
    union all
    select to_jsonb(v), jsonb_array_length(v_steps) + row_number() over () from meta.plan_views(p_file, v_steps) as v
  ) as s
  order by s.position;
end;
$$;

comment on function meta.plan_steps(jsonb) is 'Steps of a plan in order, as objects.';

revoke all on function meta.plan_steps(jsonb) from public;
