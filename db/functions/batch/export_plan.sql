-- The columns of an export: header, and their SQL over a row "r", as texts of a CSV file or as values.
-- requires: batch.export_relation batch.class_target

create or replace function batch.export_plan(p_run bigint)
returns table (place bigint, code text, header text, as_text text, as_value text, is_text boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
#variable_conflict use_column
declare
  v_run batch.export_run;
  v_export batch.export;
  v_definition jsonb;
  v_source record;
begin
  select r.* into strict v_run from batch.export_run as r where r.id = p_run;
  select e.* into strict v_export from batch.export as e where e.id = v_run.export_id;
  v_definition := v_export.definition;
  select s.* into strict v_source from batch.export_relation(v_export, v_run.account) as s;

  return query
  with shown as (
    select a.attname::text as name, a.atttypid::regtype::text as sql_type, a.attnum
    from pg_attribute as a
    where a.attrelid = v_source.relation::regclass and a.attnum > 0 and not a.attisdropped
  ),

  wanted as (
    select c.code, c.place
    from jsonb_array_elements_text(v_definition -> 'columns') with ordinality as c (code, place)
    union all
    select e.code, e.position
    from meta.effective_column as e
    where e.class_id = v_export.class_id and e.stored and not v_definition ? 'columns'
    union all
    select s.name, s.attnum
    from shown as s
    where v_export.query_id is not null and not v_definition ? 'columns'
  ),

  found as (
    select
      w.*,
      s.sql_type,
      e.type,
      e.is_array,
      format('r.%I', s.name) as operand,
      case
        when e.type is distinct from 'reference' or e.target_user or cardinality(e.targets) > 1 then null
        else coalesce(
          v_definition -> 'references' ->> w.code,
          case
            when t.relation is null then 'id'
            else coalesce(
              (
                select k.code
                from meta.class_key as y
                inner join meta.class_column as k on y.column_ids[1] = k.id
                where y.class_id = e.targets[1] and cardinality(y.column_ids) = 1
                order by y.id
                limit 1
              ),
              'text'
            )
          end
        )
      end as shown_by,
      e.target_user,
      e.targets,
      t.relation,
      t.physical
    from wanted as w
    left join meta.effective_column as e on e.class_id = v_export.class_id and e.code = w.code and e.stored
    inner join shown as s on s.name = case when v_source.physical then coalesce(e.physical, w.code) else w.code end
    left join lateral batch.readable_target(case when e.type = 'reference' and not e.target_user then e.targets[1] end, v_run.account) as t on true
  ),

  valued as (
    select
      f.*,
      case
        when f.type = 'class' then format('(select c.path from meta.class_name as c where c.id = %s)', f.operand)
        when f.target_user and f.is_array then format('array(select a.name from unnest(%s) with ordinality as u (id, place) inner join access.account_name as a on a.id = u.id order by u.place)', f.operand)
        when f.target_user then format('(select a.name from access.account_name as a where a.id = %s)', f.operand)
        when f.shown_by is null or f.shown_by = 'id' then f.operand
        when f.is_array then format(
          'array(select k.%I from unnest(%s) with ordinality as u (id, place) left join %s as k on k.id = u.id order by u.place)',
          n.name, f.operand, f.relation
        )
        else format('(select k.%I from %s as k where k.id = %s)', n.name, f.relation, f.operand)
      end as value,
      coalesce(n.sql_type, case when f.type = 'class' or f.target_user then 'text' else f.sql_type end) as value_type
    from found as f
    cross join lateral (
      select
        case when f.shown_by = 'text' then 'shortdescription' when f.physical then e.physical else e.code end as name,
        case when f.shown_by = 'text' then 'text' else e.sql_type end as sql_type
      from (select 1) as one
      left join meta.effective_column as e on e.class_id = f.targets[1] and e.code = f.shown_by
    ) as n
  )

  select
    v.place,
    v.code,
    coalesce(v_definition -> 'headers' ->> v.code, v.code),
    case
      when rtrim(v.value_type, '[]') in ('text', 'character varying', 'name') and v_definition -> 'guard_formulas' = 'true' then format(
        'case when left(%1$s, 1) in (''='', ''+'', ''-'', ''@'', e''\t'', e''\r'') then '''''''' || %1$s else %1$s end', w.as_text
      )
      else w.as_text
    end,
    case when coalesce(v.is_array, false) then format('nullif(%s, ''{}'')', v.value) else v.value end,
    v.value_type in ('text', 'character varying', 'name')
  from valued as v
  cross join lateral (
    select case
      when coalesce(v.is_array, false) or v.sql_type like '%[]' then format('nullif(array_to_string(%s, %L), '''')', v.value, coalesce(v_definition ->> 'list_separator', '|'))
      when v.value_type = 'date' and v_definition ? 'date' then format('to_char(%s, %L)', v.value, v_definition ->> 'date')
      when v.value_type = 'timestamp with time zone' and v_definition ? 'timestamp' then format('to_char(%s, %L)', v.value, v_definition ->> 'timestamp')
      when v.value_type in ('numeric', 'double precision', 'real') and v_definition ->> 'decimal' = ',' then format('replace(%s::text, ''.'', '','')', v.value)
      when v.value_type = 'boolean' then format('case %s when true then ''true'' when false then ''false'' end', v.value)
      else v.value
    end as as_text
  ) as w
  order by v.place;
end;
$$;

comment on function batch.export_plan(bigint) is 'Columns that a run of an export writes. Raises PG706.';

revoke all on function batch.export_plan(bigint) from public;
