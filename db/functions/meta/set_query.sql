-- Make or change a query of a model; its API view is made when views are renewed.

create or replace function meta.set_query(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing definitions to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'query');
  perform meta.check_definition('query', p_definition, '$');

  insert into meta.query as q (model_id, code, name, sql)
  values (p_model, p_code, meta.localized(p_definition -> 'name'), p_definition ->> 'sql')
  on conflict (model_id, code) do update
  set name = excluded.name, sql = excluded.sql
  returning q.id into v_id;

  perform meta.check_view_names();
  return v_id;
end;
$$;

comment on function meta.set_query(bigint, text, jsonb) is
'Id of a query of a model, made or changed. Keys of the definition: name, sql. Raises PG101, PG103, PG104, PG110 to PG112.';

revoke all on function meta.set_query(bigint, text, jsonb) from public;
grant execute on function meta.set_query(bigint, text, jsonb) to pgears_admin;
