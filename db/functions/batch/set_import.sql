-- Make or change an import. What could never work is refused here, by compiling its columns.
-- requires: batch.check_import

create or replace function batch.set_import(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing imports to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'import');
  perform meta.check_definition('import', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');

  perform batch.check_import(p_model, v_class, p_definition);

  insert into batch.import as i (model_id, code, class_id, enabled, integration, definition)
  values (
    p_model,
    p_code,
    v_class,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, false),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    enabled = excluded.enabled,
    integration = excluded.integration,
    definition = excluded.definition
  returning i.id into v_id;

  return v_id;
end;
$$;

comment on function batch.set_import(bigint, text, jsonb) is
'Id of an import, made or changed; docs/imports.md has the keys. Raises PG101, PG103, PG110 to PG114, PG501, PG510, PG701.';

revoke all on function batch.set_import(bigint, text, jsonb) from public;
grant execute on function batch.set_import(bigint, text, jsonb) to pgears_admin;
