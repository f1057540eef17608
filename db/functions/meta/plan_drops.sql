-- Steps of a plan for classes and columns that the file leaves out.
--
-- Classes that refer to one another lose these references first. A class goes last, when
-- API views no longer show it.

create or replace function meta.plan_drops(p_file jsonb)
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
  v_kept constant bigint[] := array(select m.class_id from meta.class_matches(p_file) as m where m.class_id is not null);
  v_kept_columns constant bigint[] := array(select m.column_id from meta.column_matches(p_file) as m where m.column_id is not null);
  v_dropped constant bigint[] := array(
    select c.id
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    where m.code = v_model and c.id <> all (v_kept)
  );
  v_tied constant bigint[] := array(
    select distinct k.class_id
    from meta.column_target as t
    inner join meta.class_column as k on t.column_id = k.id
    where t.class_id = any (v_dropped) and k.class_id = any (v_dropped) and t.class_id <> k.class_id
  );
begin
  return query
  select
    141, 'alter', 'keys', meta.class_path(c.id), '$', format('%s -> none', meta.keys_text(meta.class_keys(c.id))),
    'none', false, c.code, null::text, c.id, '[]'::jsonb
  from meta.class as c
  where c.id = any (v_dropped) and cardinality(v_tied) > 0 and meta.class_keys(c.id) <> '[]'
  union all
  select
    142, 'alter', 'class', meta.class_path(c.id), '$', 'description',
    'access exclusive', false, c.code, c.code, c.id, meta.class_definition(c.id) - 'description'
  from meta.class as c
  where c.id = any (v_dropped) and cardinality(v_tied) > 0 and c.description <> '';

  return query
  select
    case when k.type in ('reverse', 'calculated') then 150 else 151 end, 'drop', 'column', meta.class_path(c.id) || '.' || k.code,
    case when c.id = any (v_kept) then '$.classes.' || m.code else '$' end,
    case k.type when 'reverse' then 'reverse' else format('%s, %s', k.type, case n.count when 1 then '1 value' else n.count || ' values' end) end,
    case k.type when 'reverse' then 'none' else 'access exclusive' end,
    n.count > 0 or exists (select from meta.api_view as v where 'c' || k.id = any (v.columns)),
    c.code, k.code, k.id, null::jsonb
  from meta.class_column as k
  inner join meta.class as c on k.class_id = c.id
  left join meta.class_matches(p_file) as m on c.id = m.class_id
  cross join meta.count_values(k.id) as n (count)
  where
    (c.id = any (v_kept) and k.id <> all (v_kept_columns))
    or (c.id = any (v_tied) and (
      k.type in ('reverse', 'calculated')
      or exists (select from meta.column_target as t where t.column_id = k.id and t.class_id = any (v_dropped) and t.class_id <> c.id)
    ))
    -- A reverse reference would keep the column that it shows.
    or (c.id = any (v_dropped) and k.type = 'reverse' and exists (
      select
      from meta.column_target as t
      inner join meta.class_column as r on t.class_id = r.class_id and r.code = k.definition ->> 'column'
      where t.column_id = k.id and t.class_id = any (v_kept) and r.id <> all (v_kept_columns)
    ))
  order by c.code, k.position;

  return query
  select
    200, 'drop', 'class', meta.class_path(c.id), '$',
    format('%s and its API views', case n.count when 1 then '1 row' else n.count || ' rows' end),
    'access exclusive',
    n.count > 0 or exists (select from meta.api_view as v where v.kind = 'class' and v.object_id = c.id),
    c.code, c.code, c.id, null::jsonb
  from meta.class as c
  cross join meta.count_rows(c.id) as n (count)
  where c.id = any (v_dropped)
  order by (select count(*) from meta.ancestry as a where a.class_id = c.id) desc, c.code;
end;
$$;

comment on function meta.plan_drops(jsonb) is 'Part of meta.plan_steps: classes and columns dropped.';

revoke all on function meta.plan_drops(jsonb) from public;
