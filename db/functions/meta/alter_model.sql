-- Change the name and the languages of a model; the definition given is the whole one.

create or replace function meta.alter_model(p_model bigint, p_definition jsonb)
returns void
language plpgsql
volatile
security definer  -- lends: writing definitions to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform meta.check_definition('model', p_definition, '$');

  update meta.model as m
  set
    name = meta.localized(p_definition -> 'name'),
    languages = array(select l.code from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code))
  where m.id = p_model;

  insert into meta.language (code, name)
  select l.code, l.code
  from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code)
  on conflict (code) do nothing;
end;
$$;

comment on function meta.alter_model(bigint, jsonb) is 'Set name and languages of a model. Raises PG110, PG111.';

revoke all on function meta.alter_model(bigint, jsonb) from public;
grant execute on function meta.alter_model(bigint, jsonb) to pgears_admin;
