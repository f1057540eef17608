-- Steps of a plan for API views: those that are not current, and those that its steps make stale.

create or replace function meta.plan_views(p_file jsonb, p_steps jsonb)
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
  v_dropped constant bigint[] := array(
    select (s ->> 'object_id')::bigint
    from jsonb_array_elements(p_steps) as s
    where s ->> 'action' = 'drop' and s ->> 'kind' = 'class'
  );
  -- Classes that get or lose a descendant, and those renamed: who refers to them shows something else.
  v_families constant bigint[] := array(
    select a.ancestor_id
    from meta.ancestry as a
    where a.class_id = any (v_dropped) and a.ancestor_id <> all (v_dropped)
    union
    select a.ancestor_id
    from jsonb_array_elements(p_steps) as s
    left join meta.class_matches(p_file) as p on s #>> '{definition,parent}' = p.code
    inner join meta.class_name as n on p.class_id = n.id or s #>> '{definition,parent}' = n.path
    inner join meta.ancestry as a on n.id = a.class_id
    where s ->> 'action' = 'create' and s ->> 'kind' = 'class'
    union
    select (s ->> 'object_id')::bigint
    from jsonb_array_elements(p_steps) as s
    where s ->> 'action' = 'rename' and s ->> 'kind' = 'class'
  );
begin
  return query
  with changed as (
    select distinct s ->> 'class_code' as code
    from jsonb_array_elements(p_steps) as s
    where
      s ->> 'kind' in ('class', 'column', 'order')
      and not (s ->> 'action' = 'alter' and s ->> 'lock' !~ 'rewrites' and s ->> 'kind' <> 'order'
        and s ->> 'detail' !~ '\m(class|classes|localized|column)\M')
  ),

  touched as (
    select m.code, m.class_id
    from meta.class_matches(p_file) as m
    where
      m.code in (select c.code from changed as c)
      or (cardinality(v_families) > 0 and exists (
        select from meta.effective_column as e where e.class_id = m.class_id and e.targets && v_families
      ))
      or exists (
        select
        from meta.ancestry as a
        inner join meta.class_matches(p_file) as o on a.ancestor_id = o.class_id
        where a.class_id = m.class_id and o.code in (select c.code from changed as c)
      )
  ),

  viewed as (
    select v_model || '_' || t.code || x.suffix as name, 'class' as kind, t.class_id as object_id, x.kind as view_kind
    from touched as t
    cross join (values ('', 'class'), ('_all', 'all')) as x (suffix, kind)
    union all
    select v_model || '_' || (s ->> 'code'), 'query', (s ->> 'object_id')::bigint, 'query'
    from jsonb_array_elements(p_steps) as s
    where s ->> 'kind' = 'query' and s ->> 'action' <> 'drop'
    union all
    select coalesce(f.code, a.name), a.kind, a.object_id, a.kind
    from meta.api_view_states(v_model) as a
    left join lateral (
      select v_model || '_' || m.code || case a.kind when 'all' then '_all' else '' end as code
      from meta.class_matches(p_file) as m
      where m.class_id = a.object_id and a.kind in ('class', 'all')
    ) as f on true
    where a.state not in ('current', 'orphaned') and not (a.kind in ('class', 'all') and a.object_id = any (v_dropped))
      and not exists (
        select
        from jsonb_array_elements(p_steps) as s
        where a.kind = 'query' and s ->> 'kind' = 'query' and s ->> 'action' = 'drop' and s ->> 'object_id' = a.object_id::text
      )
  )

  select
    300,
    case when r.name is null then 'create' when r.name <> w.name then 'rename' else 'renew' end,
    'view', 'api.' || w.name, '$',
    case when r.name <> w.name then 'was ' || r.name else '' end,
    case when r.name is null then 'none' else 'access exclusive' end,
    false, null::text, w.name, w.object_id, null::jsonb
  from (
    select distinct on (v.name) v.name, v.object_id, v.view_kind from viewed as v order by v.name
  ) as w
  left join meta.api_view as r on w.view_kind = r.kind and w.object_id = r.object_id
  order by w.name;
end;
$$;

comment on function meta.plan_views(jsonb, jsonb) is 'Part of meta.plan_steps: API views to be made or renewed after the other steps.';

revoke all on function meta.plan_views(jsonb, jsonb) from public;
