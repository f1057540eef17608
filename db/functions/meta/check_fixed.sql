-- Refuse a model file that changes what is fixed once made: parents, partitions, what columns store.

create or replace function meta.check_fixed(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
  v_renames jsonb;
  v_wrong record;
begin
  select coalesce(jsonb_object_agg(m.former, m.code), '{}') into v_renames
  from meta.class_matches(p_file) as m
  where m.former is not null;

  select m.code, o.definition ->> 'parent' as parent into v_wrong
  from meta.class_matches(p_file) as m
  cross join meta.normal_definition('class', meta.class_definition(m.class_id), v_model, v_renames) as o (definition)
  where
    m.class_id is not null
    and o.definition ->> 'parent' is distinct from meta.normal_definition('class', m.definition, v_model) ->> 'parent'
  limit 1;

  if found then
    raise exception 'the parent of class "%" cannot change; it is %', v_wrong.code, coalesce('"' || v_wrong.parent || '"', 'none')
      using
        errcode = 'PG116',
        detail = format('$.classes.%s', v_wrong.code) || case when p_file #> array['classes', v_wrong.code] ? 'parent' then '.parent' else '' end,
        hint = 'Make a new class with that parent and move the rows.';
  end if;

  select m.code, c.parts into v_wrong
  from meta.class_matches(p_file) as m
  inner join meta.class as c on m.class_id = c.id
  where c.parts is distinct from (m.definition #>> '{partition_by,parts}')::integer
  limit 1;

  if found then
    raise exception 'the partitions of class "%" cannot change; it has %', v_wrong.code, coalesce(v_wrong.parts::text, 'none')
      using
        errcode = 'PG170',
        detail = format('$.classes.%s', v_wrong.code) || case when p_file #> array['classes', v_wrong.code] ? 'partition_by' then '.partition_by' else '' end,
        hint = 'Make a new class with the partitions wanted and move the rows; docs/scale.md says how.';
  end if;

  select m.class_code, m.code, k.type, meta.column_sql_type(k.type, k.definition) as stored into v_wrong
  from meta.column_matches(p_file) as m
  inner join meta.class_column as k on m.column_id = k.id
  where
    (
      m.definition ->> 'type', meta.column_sql_type(m.definition ->> 'type', m.definition), m.definition ->> 'target',
      m.definition ? 'sequence', m.definition ? 'classes'
    )
    is distinct from
    (
      k.type, meta.column_sql_type(k.type, k.definition), k.definition ->> 'target',
      k.definition ? 'sequence', (select count(*) > 1 from meta.column_target as t where t.column_id = k.id)
    )
  limit 1;

  if found then
    raise exception 'the type of column "%" cannot change; it is %, stored as %', v_wrong.code, v_wrong.type, coalesce(v_wrong.stored, 'nothing')
      using
        errcode = 'PG116',
        detail = format('$.classes.%s.columns.%s.type', v_wrong.class_code, v_wrong.code),
        hint = 'Add a column of the new type, copy the values, then drop this one.';
  end if;
end;
$$;

comment on function meta.check_fixed(jsonb) is 'Check that a model file leaves parents, partitions and types as they are. Raises PG116, PG170.';

revoke all on function meta.check_fixed(jsonb) from public;
