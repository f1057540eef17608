-- All that is wrong with a model file as far as it can be told before it is applied.
--
-- What follows from a mistake is not told beside it: names are looked up in the file without the
-- keys that are wrong in themselves, columns only where the classes are right in themselves.
-- "path" is that of the key. What needs the tables (SQL of queries, conditions and calculations)
-- is tried when the file is applied.

create or replace function meta.model_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sound jsonb := p_file;
  v_broken text[] := array[]::text[];
  v_any boolean := false;
  v_item record;
  v_keys text[];
begin
  for v_item in
    select 'file' as place, null::text as name, p_file as definition, '$' as location, '{}'::text[] as keys
    union all
    select s.place, d.key, d.value, format('$.%s.%s', s.code, d.key), array[s.code, d.key]
    from (select 'classes' as code, 'class' as place, 0 as position union all select m.code, m.place, m.position from meta.model_sections() as m) as s
    cross join jsonb_each(meta.section_of(p_file, s.code)) as d
    union all
    select 'column', k.key, k.value, format('$.classes.%s.columns.%s', c.key, k.key), array['classes', c.key, 'columns', k.key]
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  loop
    v_keys := '{}';

    for code, message, path, hint in
      select m.code, m.message, m.path, m.hint
      from meta.code_mistakes(v_item.name, v_item.place, v_item.location) as m
      where v_item.place <> 'file'
      union all
      select m.code, m.message, m.path, m.hint
      from meta.definition_mistakes(v_item.place, v_item.definition, v_item.location) as m
    loop
      -- A section with something else than a definition in it: told there, of the definition.
      continue when exists (
        select
        from meta.vocabulary as v
        where
          v.place = v_item.place and v.kind = 'section'
          and path = v_item.location || '.' || v.key
          and jsonb_typeof(v_item.definition -> v.key) = 'object'
      );
      v_any := true;
      v_keys := v_keys || substr(path, length(v_item.location) + 2);
      v_broken := v_broken || v_item.place;
      return next;
    end loop;

    if cardinality(v_keys) > 0 then
      v_sound := case
        when v_item.place = 'file' and jsonb_typeof(p_file) <> 'object' then '{}'
        when v_item.place = 'file' then p_file - v_keys
        when jsonb_typeof(v_item.definition) <> 'object' then jsonb_set(v_sound, v_item.keys, '{}')
        else jsonb_set(v_sound, v_item.keys, v_item.definition - v_keys)
      end;
    elsif v_item.place = 'column' then
      for code, message, path, hint in
        select m.code, m.message, m.path, m.hint from meta.column_mistakes(v_item.name, v_item.definition, v_item.location) as m
      loop
        v_any := true;
        return next;
      end loop;
    end if;
  end loop;

  return query
  select 'PG120', format('the section "%s" is not supported by this version', v.key), '$.' || v.key, 'Leave the section out or empty, or upgrade pgears.'
  from meta.vocabulary as v
  where v.place = 'file' and v.kind = 'section' and v.key <> 'classes'
    and meta.section_of(v_sound, v.key) <> '{}'
    and not exists (select from meta.model_sections() as s where s.code = v.key);
  v_any := v_any or found;

  if not v_sound ? 'model' then
    v_sound := v_sound || '{"model": ""}';
  end if;

  return query
  select m.* from meta.language_mistakes(v_sound) as m
  union all
  select m.* from meta.parameter_mistakes(v_sound) as m
  union all
  select m.* from meta.inheritance_mistakes(v_sound) as m
  union all
  select m.* from meta.view_name_mistakes(v_sound) as m where v_sound ->> 'model' <> ''
  union all
  select m.* from meta.rename_mistakes(v_sound) as m;
  v_any := v_any or found;

  -- The classes may stand under a misspelt key.
  if 'file' <> all (v_broken) or jsonb_typeof(p_file -> 'classes') = 'object' then
    return query select m.* from meta.class_name_mistakes(v_sound) as m;
    v_any := v_any or found;
  end if;

  if not v_broken && array['file', 'class'] then
    return query
    select m.* from meta.column_code_mistakes(v_sound) as m
    union all
    select m.* from meta.key_mistakes(v_sound) as m
    union all
    select m.* from meta.description_mistakes(v_sound) as m
    union all
    select m.* from meta.reverse_mistakes(v_sound) as m;
    v_any := v_any or found;
  end if;

  -- What is compared with the instance wants a file that is right.
  if not v_any then
    return query select m.* from meta.fixed_mistakes(p_file) as m;
  end if;
end;
$$;

comment on function meta.model_mistakes(jsonb) is 'Mistakes of a model file, each with SQLSTATE, path of the key and mend.';

revoke all on function meta.model_mistakes(jsonb) from public;
