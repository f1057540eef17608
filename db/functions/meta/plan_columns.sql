-- Steps of a plan for columns that the file has: made, renamed, altered.
--
-- Reverse references and calculated columns come after those that they read; the place in the
-- order that each is to have goes along, so that it does not depend on which was made first.

create or replace function meta.plan_columns(p_file jsonb)
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
begin
  return query
  with matched as materialized (
    select k.* from meta.column_matches(p_file) as k
  ),

  own_rename as (
    select a.class_id, jsonb_object_agg(k.former, k.code) as renames
    from matched as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where k.former is not null
    group by a.class_id
  ),

  compared as (
    select
      k.*,
      format('%s.%s.%s', v_model, k.class_code, k.code) as name,
      format('$.classes.%s.columns.%s', k.class_code, k.code) as file_path,
      meta.normal_definition('column', k.definition, v_model) as wanted,
      case when k.column_id is not null then
        meta.normal_definition('column', meta.follow_renames(meta.column_definition(k.column_id), o.renames), v_model, v_renames)
        || coalesce(
          (
            select jsonb_build_object('column', t.renames ->> (c.definition ->> 'column'))
            from meta.class_column as c
            inner join meta.column_target as g on c.id = g.column_id
            inner join own_rename as t on g.class_id = t.class_id and t.renames ? (c.definition ->> 'column')
            where c.id = k.column_id and c.type = 'reverse'
          ),
          '{}'
        )
      end as present,
      k.definition ->> 'type' in ('reverse', 'calculated') as is_derived
    from matched as k
    left join own_rename as o on k.class_id = o.class_id
  )

  select
    40, 'rename', 'column', c.name, c.file_path || '.renamed_from', 'was ' || c.former,
    'none', false, c.class_code, c.code, c.column_id, null::jsonb
  from compared as c
  where c.former is not null
  union all
  select
    -- One class after the other, ancestors first.
    case when c.is_derived then 65 else 60 end, 'create', 'column', c.name, c.file_path,
    meta.difference_text('column', '{}', c.wanted - 'name'),
    case
      when c.class_id is null or c.definition ->> 'type' = 'reverse' then 'none'
      when c.definition ->> 'type' = 'calculated' or c.definition ? 'sequence' then 'access exclusive, rewrites the table'
      else 'access exclusive'
    end,
    false, c.class_code, c.code, null,
    c.wanted || jsonb_build_object(
      'position', c.ordinal + coalesce((select max(o.position) from meta.class_column as o where o.class_id = c.class_id), 0)
    )
  from compared as c
  where c.column_id is null
  union all
  select
    70, 'alter', 'column', c.name, c.file_path, meta.difference_text('column', c.present, c.wanted),
    case
      when c.definition ->> 'type' = 'reverse' then 'none'
      when c.wanted -> 'sql' is distinct from c.present -> 'sql' then 'access exclusive, rewrites the table'
      else 'access exclusive'
    end,
    false, c.class_code, c.code, c.column_id, c.wanted
  from compared as c
  where c.present <> c.wanted;
end;
$$;

comment on function meta.plan_columns(jsonb) is 'Part of meta.plan_steps: columns made, renamed and altered.';

revoke all on function meta.plan_columns(jsonb) from public;
