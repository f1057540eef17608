-- What a model file changes that is fixed once made: parents, partitions, what columns store.

create or replace function meta.fixed_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
  v_renames constant jsonb := meta.class_renames(p_file);
begin
  return query
  select
    'PG116',
    format('the parent of class "%s" cannot change; it is %s', m.code, coalesce('"' || (o.definition ->> 'parent') || '"', 'none')),
    format('$.classes.%s', m.code) || case when p_file #> array['classes', m.code] ? 'parent' then '.parent' else '' end,
    'Make a new class with that parent and move the rows.'
  from meta.class_matches(p_file) as m
  cross join meta.normal_definition('class', meta.class_definition(m.class_id), v_model, v_renames) as o (definition)
  where
    m.class_id is not null
    and o.definition ->> 'parent' is distinct from meta.normal_definition('class', m.definition, v_model) ->> 'parent';

  return query
  select
    'PG170',
    format('the partitions of class "%s" cannot change; it has %s', m.code, coalesce(c.parts::text, 'none')),
    format('$.classes.%s', m.code) || case when p_file #> array['classes', m.code] ? 'partition_by' then '.partition_by' else '' end,
    'Make a new class with the partitions wanted and move the rows; docs/scale.md says how.'
  from meta.class_matches(p_file) as m
  inner join meta.class as c on m.class_id = c.id
  where c.parts is distinct from (m.definition #>> '{partition_by,parts}')::integer;

  return query
  select
    'PG116',
    format('the type of column "%s" cannot change; it is %s, stored as %s', m.code, k.type, coalesce(o.stored, 'nothing')),
    format('$.classes.%s.columns.%s.type', m.class_code, m.code),
    'Add a column of the new type, copy the values, then drop this one.'
  from meta.column_matches(p_file) as m
  inner join meta.class_column as k on m.column_id = k.id
  cross join lateral (select meta.column_sql_type(k.type, k.definition) as stored) as o
  where
    (
      m.definition ->> 'type', meta.column_sql_type(m.definition ->> 'type', m.definition), m.definition ->> 'target',
      m.definition ? 'sequence', m.definition ? 'classes'
    )
    is distinct from
    (
      k.type, o.stored, k.definition ->> 'target',
      k.definition ? 'sequence', (select count(*) > 1 from meta.column_target as t where t.column_id = k.id)
    );
end;
$$;

comment on function meta.fixed_mistakes(jsonb) is 'What a model file changes of parents, partitions and types, which stay as they are.';

revoke all on function meta.fixed_mistakes(jsonb) from public;
