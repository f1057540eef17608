-- Steps of a plan for classes that the file has: made, renamed, altered; keys; order of columns.

create or replace function meta.plan_classes(p_file jsonb)
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
  v_renames constant jsonb := meta.class_renames(p_file);
  v_class record;
  v_own_renames jsonb;
  v_wanted jsonb;
  v_present jsonb;
  v_keys jsonb;
begin
  for v_class in
    select m.*, v_model || '.' || m.code as name, '$.classes.' || m.code as file_path
    from meta.class_matches(p_file) as m
    order by m.depth, m.code
  loop
    v_wanted := meta.normal_definition('class', v_class.definition - '{columns,keys}'::text[], v_model);

    if v_class.class_id is null then
      return query
      select
        50, 'create', 'class', v_class.name, v_class.file_path, meta.difference_text('class', '{}', v_wanted),
        'none', false, v_class.code, v_class.code, null::bigint, v_wanted
      union all
      select
        90, 'create', 'keys', v_class.name, v_class.file_path || '.keys', meta.keys_text(v_class.definition -> 'keys'),
        'none', false, v_class.code, null, null, v_class.definition -> 'keys'
      where jsonb_array_length(v_class.definition -> 'keys') > 0;
      continue;
    end if;

    if v_class.former is not null then
      return query
      select
        30, 'rename', 'class', v_class.name, v_class.file_path || '.renamed_from', 'was ' || v_class.former,
        'access exclusive', false, v_class.code, v_class.code, v_class.class_id, null::jsonb;
    end if;

    select jsonb_object_agg(k.former, k.code) into v_own_renames
    from meta.column_matches(p_file) as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where a.class_id = v_class.class_id and k.former is not null;

    v_present := meta.normal_definition(
      'class', meta.follow_renames(meta.class_definition(v_class.class_id), v_own_renames), v_model, v_renames
    );

    if v_wanted <> v_present then
      return query
      select
        80, 'alter', 'class', v_class.name, v_class.file_path, meta.difference_text('class', v_present, v_wanted),
        'access exclusive'
        || case when v_wanted -> 'description' is distinct from v_present -> 'description' then ', rewrites the table' else '' end,
        false, v_class.code, v_class.code, v_class.class_id, v_wanted;
    end if;

    -- Renamed columns of ancestors may be in keys too.
    select coalesce(jsonb_agg(t.codes order by t.codes), '[]') into v_keys
    from jsonb_array_elements(meta.class_keys(v_class.class_id)) as k (codes)
    cross join lateral (
      select jsonb_agg(coalesce(v_own_renames ->> c.code, c.code) order by c.position) as codes
      from jsonb_array_elements_text(k.codes) with ordinality as c (code, position)
    ) as t;

    if v_keys <> (
      select coalesce(jsonb_agg(distinct k.codes order by k.codes), '[]')
      from jsonb_array_elements(coalesce(v_class.definition -> 'keys', '[]')) as k (codes)
    ) then
      return query
      select
        90, 'alter', 'keys', v_class.name,
        v_class.file_path || case when v_class.definition ? 'keys' then '.keys' else '' end,
        format('%s -> %s', meta.keys_text(v_keys), meta.keys_text(v_class.definition -> 'keys')),
        'share', false, v_class.code, null::text, v_class.class_id, coalesce(v_class.definition -> 'keys', '[]');
    end if;

    return query
    select
      95, 'alter', 'order', v_class.name, v_class.file_path || '.columns', 'columns: ' || string_agg(w.code, ', ' order by w.ordinal),
      'none', false, v_class.code, null::text, v_class.class_id, jsonb_agg(w.code order by w.ordinal)
    from (
      select
        k.code,
        k.ordinal,
        row_number() over (order by o.position nulls last, o.id, k.ordinal) as present
      from meta.column_matches(p_file) as k
      left join meta.class_column as o on k.column_id = o.id
      where k.class_code = v_class.code
    ) as w
    having bool_or(w.ordinal <> w.present);
  end loop;
end;
$$;

comment on function meta.plan_classes(jsonb) is 'Part of meta.plan_steps: classes made, renamed and altered, keys, order of columns.';

revoke all on function meta.plan_classes(jsonb) from public;
