-- Make a model, the home of classes and queries.

create or replace function meta.create_model(p_code text, p_definition jsonb default '{}')
returns bigint
language plpgsql
volatile
security definer  -- lends: writing definitions to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'model');
  perform meta.check_definition('model', p_definition, '$');

  insert into meta.model (code, name, languages)
  values (
    p_code,
    meta.localized(p_definition -> 'name'),
    array(select l.code from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code))
  )
  on conflict (code) do nothing
  returning id into v_id;

  if v_id is null then
    raise exception 'there is a model "%" already', p_code
      using errcode = 'PG105', hint = 'Choose another code, or change the model that is there.';
  end if;

  insert into meta.language (code, name)
  select l.code, l.code
  from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code)
  on conflict (code) do nothing;

  return v_id;
end;
$$;

comment on function meta.create_model(text, jsonb) is
'Id of a new model. Keys of the definition: name, languages. Raises PG101, PG103, PG105, PG110, PG111.';

revoke all on function meta.create_model(text, jsonb) from public;
grant execute on function meta.create_model(text, jsonb) to pgears_admin;
