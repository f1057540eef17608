-- The columns that a run writes: where each comes from and what it costs to convert it.
--
-- "field" is the column of the file, null when its default alone is written. References are
-- looked up in the map of the run (batch.resolve_statements): their type here is text.
-- requires: batch.cell_expression batch.default_text batch.import_sources

create or replace function batch.import_plan(p_run bigint)
returns table (
  code text, physical text, sql_type text, is_reference boolean, is_array boolean, is_match boolean,
  source text, field integer, hits integer, default_text text, operand text, expression text, fast text, reference_by text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_run batch.import_run;
  v_import batch.import;
  v_definition jsonb;
begin
  select r.* into strict v_run from batch.import_run as r where r.id = p_run;
  select i.* into strict v_import from batch.import as i where i.id = v_run.import_id;
  v_definition := v_import.definition || jsonb_build_object('language', (select l.code from meta.language as l where l.is_default));

  return query
  with wanted as (
    select
      e.*,
      case when v_definition ? 'columns' then v_definition -> 'columns' ->> e.code else e.code end as source,
      batch.default_text(v_run, v_definition -> 'defaults' ->> e.code) as default_text,
      coalesce(v_definition -> 'match' ? e.code, false) as is_match,
      e.type in ('reference', 'class') as is_reference
    from meta.effective_column as e
    where e.class_id = v_import.class_id and e.stored and e.type not in ('calculated', 'file') and cardinality(e.targets) < 2
  ),

  placed as (
    select
      w.*,
      (
        select min(f.place)::integer
        from unnest(v_run.fields) with ordinality as f (name, place)
        where case when v_definition -> 'header' = 'false' then f.place::text = w.source else lower(btrim(f.name)) = lower(btrim(w.source)) end
          or (w.source ~ '^[1-9][0-9]*$' and f.place::text = w.source)
      ) as field,
      (
        select count(*)::integer
        from unnest(v_run.fields) as f (name)
        where lower(btrim(f.name)) = lower(btrim(w.source))
      ) as hits
    from wanted as w
  )

  select
    p.code,
    p.physical,
    p.sql_type,
    p.is_reference,
    p.is_array,
    p.is_match,
    p.source,
    p.field,
    p.hits,
    p.default_text,
    o.operand,
    case when not p.is_reference then batch.cell_expression(p.sql_type, v_definition, o.operand) end,
    case when not p.is_reference then batch.cell_expression(p.sql_type, v_definition, o.operand, false) end,
    case
      when p.type = 'class' then 'class'
      when p.target_user then 'user'
      when p.type = 'reference' then coalesce(
        v_definition -> 'references' ->> p.code,
        (
          select k.code
          from meta.class_key as y
          inner join meta.class_column as k on y.column_ids[1] = k.id
          where y.class_id = p.targets[1] and cardinality(y.column_ids) = 1
          order by y.id
          limit 1
        ),
        'text'
      )
    end
  from placed as p
  cross join lateral (
    select case
      when p.field is null then format('%L::text', p.default_text)
      when p.default_text is null then format('l.f%s', p.field)
      else format('coalesce(nullif(l.f%s, ''''), %L)', p.field, p.default_text)
    end as operand
  ) as o
  where p.field is not null or p.default_text is not null
  order by p.position;
end;
$$;

comment on function batch.import_plan(bigint) is 'Columns that a run of an import writes, with the SQL of their values over a row "l" of the loaded file.';

revoke all on function batch.import_plan(bigint) from public;
