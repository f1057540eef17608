-- Refuse a model file with anything wrong that can be told before it is applied.
--
-- The DETAIL of a refusal is the path of the key. What needs the tables (SQL of queries,
-- conditions and calculations) is tried when the file is applied.

create or replace function meta.check_model(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item record;
begin
  perform meta.check_definition('file', p_file, '$');
  perform meta.check_code_at(p_file ->> 'model', 'model', '$.model');
  perform meta.check_languages(p_file);
  perform meta.check_parameters(p_file);

  for v_item in
    select c.key as code, c.value as definition, '$.classes.' || c.key as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
  loop
    perform meta.check_code_at(v_item.code, 'class', v_item.path);
    perform meta.check_definition('class', v_item.definition, v_item.path);
  end loop;

  for v_item in
    select k.key as code, k.value as definition, format('$.classes.%s.columns.%s', c.key, k.key) as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  loop
    perform meta.check_code_at(v_item.code, 'column', v_item.path);
    perform meta.check_definition('column', v_item.definition, v_item.path);
    perform meta.check_column(v_item.code, v_item.definition, v_item.path);
  end loop;

  perform meta.check_sections(p_file);
  perform meta.check_inheritance(p_file);
  perform meta.check_class_names(p_file);
  perform meta.check_column_names(p_file);
  perform meta.check_keys(p_file);
  perform meta.check_descriptions(p_file);
  perform meta.check_joined_names(p_file);
  perform meta.check_renames(p_file);
  perform meta.check_fixed(p_file);
end;
$$;

comment on function meta.check_model(jsonb) is 'Check a model file. Raises PG101 to PG106, PG110 to PG116, PG120, PG123.';

revoke all on function meta.check_model(jsonb) from public;
